/**
 * Reports the tracker's own problems, by its events and by the logger; a repeated problem once. `notify.ts` reports on the
 * deliveries.
 */
import { MissingPermissionError, UnusableClientError } from '../shared/errors.ts';
import type { DeliveryEmitter } from './events.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import { LogOnce } from '../shared/log-once.ts';
import type { Logger } from '../shared/client.ts';
import type { Counters } from './stats.ts';

/** With more causes than this, the first one is reported again when it comes again. */
const MAX_CAUSES = 1_000;

export class Diagnostics {
  readonly #emitter: DeliveryEmitter;
  readonly #logger: Logger | undefined;
  readonly #suspended: Counters['suspended'];
  readonly #missingPermissions = new LogOnce();
  readonly #unusable = new LinkedMap<string, undefined>();
  readonly #unknownStatuses = new LogOnce();

  /** @param suspended kept up to date here: the bearers without requests because of their credentials */
  constructor(emitter: DeliveryEmitter, logger: Logger | undefined, { suspended }: Pick<Counters, 'suspended'>) {
    this.#emitter = emitter;
    this.#logger = logger;
    this.#suspended = suspended;
  }

  /** One error event per bearer and action: each 403 of a storm says the same. */
  missingPermission(action: string, chimeBearer: string, cause: unknown): void {
    if (!this.#missingPermissions.firstTime(`${action} by ${chimeBearer}`)) return;
    const error = new MissingPermissionError(action, chimeBearer, cause);
    this.#logger?.error(`chime-delivery: ${error.message}`, cause);
    this.#emitter.emit('error', error);
  }

  /** One error event per bearer and cause: each message that cannot be sent tries again. */
  clientUnusable(chimeBearer: string, cause: unknown): void {
    const error = new UnusableClientError(chimeBearer, cause);
    if (this.#unusable.has(error.message)) return;
    this.#unusable.set(error.message, undefined);
    this.#unusable.keepNewest(MAX_CAUSES);
    this.#logger?.error(`chime-delivery: ${error.message}`, cause);
    this.#emitter.emit('error', error);
  }

  listForbidden(chimeBearer: string, channelArn: string): void {
    this.#logger?.debug(
      `chime-delivery: ${chimeBearer} lacks chime:ListChannelMessages in ${channelArn}; falling back to one request per message`,
    );
  }

  unknownStatus(word: unknown): void {
    if (!this.#unknownStatuses.firstTime(word)) return;
    this.#logger?.warn('chime-delivery: a message status that this version does not know counts as pending', word);
  }

  /** The credentials are the client's, so every bearer finds out: it is reported once. */
  suspended(chimeBearer: string, error: unknown): void {
    this.#suspended.add(chimeBearer);
    if (this.#suspended.size > 1) return;
    this.#logger?.warn('chime-delivery: the credentials are refused; asking stops until they work again', error);
    this.#emitter.emit('suspended', error);
  }

  /** Returns whether every bearer can send requests again. */
  resumed(chimeBearer: string): boolean {
    this.#suspended.delete(chimeBearer);
    if (this.#suspended.size > 0) return false;
    this.#emitter.emit('resumed');
    return true;
  }
}
