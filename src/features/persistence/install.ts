/** Persistence as a feature: pending deliveries and unanswered sends outlive the process. */
import { expectStore, type DeliveryStore } from '../../core/ports/store.ts';
import { restore } from '../../core/restore.ts';
import { expectBoolean } from '../../shared/validate.ts';
import type { TrackerFeature } from '../../tracker/feature.ts';
import { Journal } from './journal.ts';

export interface PersistenceOptions {
  /**
   * Whether the store gets the content of sends. Without it, a send that was not answered before the process ended cannot be
   * sent again: it ends UNKNOWN `indeterminate`. Default true.
   */
  readonly persistContent?: boolean | undefined;
}

/**
 * Keeps deliveries in `store`. Each process, or browser profile, needs a store of its own.
 *
 * @throws InvalidArgumentError where `store` lacks a method
 */
export function persistence(store: DeliveryStore, { persistContent = true }: PersistenceOptions = {}): TrackerFeature {
  expectStore(store);
  expectBoolean('persistContent', persistContent);
  return {
    seams: ['outbox', 'recoveryLog'],
    install(context) {
      const { chimeBearer, logger } = context.settings;
      const journal = new Journal({
        store,
        owner: chimeBearer,
        persistContent,
        logger,
        onError: (error) => context.emitError(error),
        // Features that are installed later say so.
        isRecoverer: () => Promise.resolve().then(() => context.peers?.shouldRecover ?? true),
        onRecovered: (found) => context.peers?.owns(found) !== true && restore(found, context),
      });
      return {
        outbox: journal,
        recoveryLog: journal,
        restored: journal.restored,
        onTransition: ({ delivery, before, after }) => {
          if (before?.missingMeansDenied === true && !after.missingMeansDenied) journal.onMessageDeleted(delivery);
        },
        onAnnounced: (transition) => journal.onAnnounced(transition),
        onForgotten: (delivery) => {
          if (typeof delivery === 'string') journal.tombstone(delivery);
          else journal.remove(delivery);
        },
        // A listener may close the tracker in the middle of an announcement, which the journal follows to its end.
        close: () => Promise.resolve().then(() => journal.close()),
      };
    },
  };
}
