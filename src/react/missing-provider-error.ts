import { ChimeDeliveryError } from '../shared/errors.ts';

/** A hook was used outside of `DeliveryProvider`. Wrap the component in the provider. */
export class MissingProviderError extends ChimeDeliveryError {
  readonly name = 'MissingProviderError' as const;
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
