/** A tracker that tracks one message, with a service that responds to its polls as the test says. */
import type { Delivery } from '../../src/index.ts';
import type { Script } from './scripted-service.ts';
import { startTracker, type KitOptions, type TrackerKit } from './tracker-kit.ts';

export function trackOne(
  status: Script,
  message: Script,
  options?: KitOptions,
): TrackerKit & { readonly delivery: Delivery } {
  const kit = startTracker(options);
  kit.service.answer('status', status);
  kit.service.answer('message', message);
  return { ...kit, delivery: kit.track('m1') };
}
