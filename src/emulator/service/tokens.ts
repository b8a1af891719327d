// Idempotency: the answer to a send, remembered by its ClientRequestToken, so that a repeated send makes no second
// message. The token counts per bearer and channel; how long the real service remembers one is unknown.

interface Remembered<Answer> {
  readonly answer: Answer;
  readonly at: number;
}

export class TokenMemory<Answer> {
  readonly #answers = new Map<string, Remembered<Answer>>();

  /** The answer that this token got before, unless it is older than `memoryMs`. */
  recall(bearer: string, channelArn: string, token: string, now: number, memoryMs: number): Answer | undefined {
    const key = keyOf(bearer, channelArn, token);
    const known = this.#answers.get(key);
    if (!known) return undefined;
    if (now - known.at < memoryMs) return known.answer;
    this.#answers.delete(key);
    return undefined;
  }

  remember(bearer: string, channelArn: string, token: string, now: number, answer: Answer): void {
    this.#answers.set(keyOf(bearer, channelArn, token), { answer, at: now });
  }
}

function keyOf(bearer: string, channelArn: string, token: string): string {
  // Neither ARNs nor tokens may contain a space, so the parts cannot run into each other.
  return `${bearer} ${channelArn} ${token}`;
}
