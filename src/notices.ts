/**
 * What the app is told of the tracker's own troubles: by its events, and by the logger; what the service says again and
 * again, once. Of the deliveries themselves `core/announce.ts` tells.
 */
import { MissingPermissionError, UnusableClientError } from './core/errors.ts';
import type { DeliveryEmitter } from './core/events.ts';
import { LinkedMap } from './core/linked-map.ts';
import { OnceEach } from './core/once-each.ts';
import type { Logger } from './core/ports.ts';
import type { Counters } from './core/stats.ts';

/** More causes than this, and the first is told again when it comes again. */
const MAX_CAUSES = 1_000;

export class Notices {
  readonly #emitter: DeliveryEmitter;
  readonly #logger: Logger | undefined;
  readonly #suspended: Counters['suspended'];
  readonly #refusals = new OnceEach();
  readonly #unusable = new LinkedMap<string, undefined>();
  readonly #unknownWords = new OnceEach();

  /** @param suspended kept up to date here: the bearers that nothing is asked for */
  constructor(emitter: DeliveryEmitter, logger: Logger | undefined, { suspended }: Pick<Counters, 'suspended'>) {
    this.#emitter = emitter;
    this.#logger = logger;
    this.#suspended = suspended;
  }

  /** One error event per bearer and action: a storm of 403 says the same thing each time. */
  forbidden(action: string, chimeBearer: string, cause: unknown): void {
    if (!this.#refusals.isNew(`${action} by ${chimeBearer}`)) return;
    const error = new MissingPermissionError(action, chimeBearer, cause);
    this.#logger?.error(`chime-delivery: ${error.message}`, cause);
    this.#emitter.emit('error', error);
  }

  /** One error event per bearer and cause: each message that cannot leave tries again. */
  unusable(chimeBearer: string, cause: unknown): void {
    const error = new UnusableClientError(chimeBearer, cause);
    if (this.#unusable.has(error.message)) return;
    this.#unusable.set(error.message, undefined);
    this.#unusable.keepNewest(MAX_CAUSES);
    this.#logger?.error(`chime-delivery: ${error.message}`, cause);
    this.#emitter.emit('error', error);
  }

  noPages(chimeBearer: string, channelArn: string): void {
    this.#logger?.debug(
      `chime-delivery: ${chimeBearer} lacks chime:ListChannelMessages in ${channelArn}; falling back to one request per message`,
    );
  }

  unknownWord(word: unknown): void {
    if (!this.#unknownWords.isNew(word)) return;
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
