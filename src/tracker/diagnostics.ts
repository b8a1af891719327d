/**
 * What the app is told of the tracker's own failures: by its events, and by the logger; what the service says again and
 * again, once. Of the deliveries themselves `tracker/notify.ts` tells.
 */
import { MissingPermissionError, UnusableClientError } from '../shared/errors.ts';
import type { DeliveryEmitter } from './events.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import { LogOnce } from '../shared/log-once.ts';
import type { Logger } from '../shared/client.ts';
import type { Counters } from './stats.ts';

/** More causes than this, and the first is told again when it comes again. */
const MAX_CAUSES = 1_000;

export class Diagnostics {
  readonly #emitter: DeliveryEmitter;
  readonly #logger: Logger | undefined;
  readonly #suspended: Counters['suspended'];
  readonly #missingPermissions = new LogOnce();
  readonly #unusable = new LinkedMap<string, undefined>();
  readonly #unknownStatuses = new LogOnce();

  /** @param suspended kept up to date here: the bearers that nothing is asked for */
  constructor(emitter: DeliveryEmitter, logger: Logger | undefined, { suspended }: Pick<Counters, 'suspended'>) {
    this.#emitter = emitter;
    this.#logger = logger;
    this.#suspended = suspended;
  }

  /** One error event per bearer and action: a storm of 403 says the same thing each time. */
  missingPermission(action: string, chimeBearer: string, cause: unknown): void {
    if (!this.#missingPermissions.firstTime(`${action} by ${chimeBearer}`)) return;
    const error = new MissingPermissionError(action, chimeBearer, cause);
    this.#logger?.error(`chime-delivery: ${error.message}`, cause);
    this.#emitter.emit('error', error);
  }

  /** One error event per bearer and cause: each message that cannot leave tries again. */
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

  /** The credentials are the client's, so that every bearer finds out: it is told once. */
  suspended(chimeBearer: string, error: unknown): void {
    this.#suspended.add(chimeBearer);
    if (this.#suspended.size > 1) return;
    this.#logger?.warn('chime-delivery: the credentials are refused; asking stops until they work again', error);
    this.#emitter.emit('suspended', error);
  }

  /** Says whether every bearer can ask again. */
  resumed(chimeBearer: string): boolean {
    this.#suspended.delete(chimeBearer);
    if (this.#suspended.size > 0) return false;
    this.#emitter.emit('resumed');
    return true;
  }
}
