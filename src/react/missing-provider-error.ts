/** The error of a hook that finds no tracker above it. */
import { ChimeDeliveryError } from '../shared/errors.ts';

/** A hook was used outside of `DeliveryProvider`. Put the provider, with the app's tracker, around the component. */
export class MissingProviderError extends ChimeDeliveryError {
  readonly code = 'MISSING_PROVIDER' as const;
  /** The hook that was called. */
  readonly hook: string;

  constructor(hook: string) {
    super(
      `${hook}() found no tracker: wrap the component, or the whole app, in <DeliveryProvider tracker={tracker}>, ` +
        'where tracker comes from createDeliveryTracker().',
    );
    this.hook = hook;
  }
}
