/**
 * The contents (as digests) of the edits that events of one status have shown, also of edits that are not tracked: another
 * device may have made them, or their response may still be on its way.
 */
import type { MessageReference } from './identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';

const MAX_MESSAGES = 1_000;
/** Contents kept for one message; the oldest are dropped first. */
const MAX_CONTENTS = 20;
/** How long before an edit another one may have begun whose outcome is still to come, in milliseconds. */
const OVERLAP_MS = 60_000;

interface Shown {
  readonly digest: number;
  readonly at: number;
}

type Message = Pick<MessageReference, 'channelArn' | 'messageId'>;

export class ShownEditContents {
  readonly #messages = new LinkedMap<string, readonly Shown[]>();

  add(message: MessageReference, at: number): void {
    const { contentDigest: digest } = message;
    if (digest === undefined) return;
    const key = keyOf(message);
    const others = (this.#messages.get(key) ?? []).filter((shown) => shown.digest !== digest);
    this.#messages.set(key, [...others, { digest, at }].slice(-MAX_CONTENTS));
    this.#messages.keepNewest(MAX_MESSAGES);
  }

  /** Whether an event has shown this content since then. */
  has(message: Message, digest: number | undefined, since: number): boolean {
    const shown = this.#messages.get(keyOf(message)) ?? [];
    return shown.some((one) => one.digest === digest && one.at >= since);
  }

  /** How many other contents than `own` were shown that may be pending together with an edit that began at `begunAt`. */
  countOthers(message: Message, own: ReadonlySet<number | undefined>, begunAt: number): number {
    const shown = this.#messages.get(keyOf(message)) ?? [];
    return shown.filter(({ digest, at }) => at >= begunAt - OVERLAP_MS && !own.has(digest)).length;
  }
}

function keyOf({ channelArn, messageId }: Message): string {
  return `${channelArn} ${messageId}`;
}
