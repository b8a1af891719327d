// The devices of a world: their users, their push sources, the faults of their apps, and the options of their trackers.

import type { DeliveryTrackerOptions } from 'chime-delivery';
import type { Dice } from '../dice.ts';

export type Push = 'none' | 'session' | 'bare-session' | 'push-source';

export interface DevicePlan {
  readonly name: string;
  readonly bearer: string;
  /** It acts for this user, too, and does not attach that user's socket. */
  readonly alsoFor: string | undefined;
  readonly push: Push;
  readonly prefetch: boolean;
  /** What the app's listeners do wrong. */
  readonly listeners: 'well' | 'throw' | 'reject';
  /** The app subscribes to `deliveries$`. */
  readonly readsAll: boolean;
  readonly ignoresAbort: boolean;
  /** When `navigator.onLine` is false. On some machines it always is. */
  readonly saysOffline: 'never' | 'when-offline' | 'always';
  /** How long an operation of its store takes; undefined: it has none. */
  readonly storeLatencyMs: number | undefined;
  readonly options: Omit<DeliveryTrackerOptions, 'client' | 'chimeBearer'>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export function drawDevices(dice: Dice, app: string, calm: boolean): DevicePlan[] {
  const users = ['alice', 'bob'].slice(0, dice.between(1, 2));
  const other = `${app}/user/carol`;
  return users.flatMap((user) =>
    Array.from({ length: dice.chance(0.3) ? 2 : 1 }, (_, index): DevicePlan => {
      const push = dice.weigh({ none: calm ? 0 : 2, session: 3, 'bare-session': 2, 'push-source': 3 });
      return {
        name: `${user}/${index + 1}`,
        bearer: `${app}/user/${user}`,
        alsoFor: !calm && dice.chance(0.15) ? other : undefined,
        push,
        prefetch: push !== 'none' && dice.chance(0.5),
        listeners: dice.weigh({ well: 7, throw: 2, reject: 1 }),
        readsAll: dice.chance(0.3),
        ignoresAbort: dice.chance(0.15),
        saysOffline: dice.weigh({ never: 6, 'when-offline': 3, always: 1 }),
        storeLatencyMs: dice.chance(0.4) ? dice.pick([0, 1, 10, 300]) : undefined,
        options: drawOptions(dice, calm),
      };
    }),
  );
}

function drawOptions(dice: Dice, calm: boolean): DevicePlan['options'] {
  if (calm || dice.chance(0.5)) return {};
  return {
    rateLimit: dice.pick([
      {},
      { requestsPerSecond: 2.5 },
      { requestsPerSecond: 10 },
      { requestsPerSecond: 3, burst: 1 },
    ]),
    missing: dice.pick([{}, {}, { confirmations: 1 }, { confirmations: 3 }]),
    polling: dice.pick([{}, {}, { giveUpAfterMs: 5 * MINUTE }, { quietMs: 5 * SECOND }, { maxDelayMs: 10 * SECOND }]),
    retry: dice.pick([{}, {}, { retries: 0 }]),
    send: dice.pick([{}, {}, { resendWindowMs: 30 * SECOND }, { expireMs: MINUTE }, { persistContent: false }]),
    requestTimeoutMs: dice.pick([10 * SECOND, 10 * SECOND, 3 * SECOND]),
    keepSettled: dice.pick([10_000, 10_000, 3, 0]),
  };
}
