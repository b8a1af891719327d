// Idempotency: remembers the answer to a send by its ClientRequestToken, so that a repeated send makes no second message. A
// token counts per bearer and channel. How long the real service remembers one is unknown.

import type { SendRequest } from './requests.ts';
import { ServiceError } from './service-error.ts';
import type { TokenSettings } from './settings.ts';

interface Remembered<Answer> {
  readonly answer: Answer;
  readonly request: SendRequest;
  readonly at: number;
}

export class TokenMemory<Answer> {
  readonly #answers = new Map<string, Remembered<Answer>>();

  /** The earlier answer to this token, unless it is forgotten; may throw a 409 for other content. */
  recall(request: SendRequest, now: number, settings: TokenSettings): Answer | undefined {
    const key = keyOf(request, settings);
    const known = this.#answers.get(key);
    if (!known) return undefined;
    if (now - known.at >= settings.tokenMemoryMs) {
      this.#answers.delete(key);
      return undefined;
    }
    if (settings.knownToken === 'conflict' && !isSame(known.request, request)) {
      throw new ServiceError(
        'ConflictException',
        `The ClientRequestToken ${request.token} was used with another content.`,
      );
    }
    return known.answer;
  }

  remember(request: SendRequest, now: number, settings: TokenSettings, answer: Answer): void {
    this.#answers.set(keyOf(request, settings), { answer, request, at: now });
  }
}

function keyOf({ bearer, channelArn, subChannelId, token }: SendRequest, { tokenScope }: TokenSettings): string {
  // Neither ARNs nor ids nor tokens may contain a space, so the parts cannot run into each other.
  return [bearer, channelArn, tokenScope === 'channel' ? '' : subChannelId, token].join(' ');
}

/** Whether two requests ask for the same message. */
function isSame(one: SendRequest, other: SendRequest): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
