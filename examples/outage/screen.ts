// What there is to see at one moment, as data: `play.ts` makes it, `board.ts` and `log.ts` put it into lines.
import type { DeliveryState, DeliveryStats } from 'chime-delivery';

export interface Screen {
  readonly elapsedMs: number;
  readonly stats: DeliveryStats;
  /** The last thing that happened, and when. */
  readonly news: { readonly atMs: number; readonly says: string };
  readonly messages: readonly MessageRow[];
}

export interface MessageRow {
  readonly number: number;
  readonly text: string;
  /** Undefined before it is sent. */
  readonly status: DeliveryState['status'] | undefined;
  /** How its outcome was learnt; undefined while it has none. */
  readonly learnt: Learnt | undefined;
  /** How often it was asked for. */
  readonly asked: number;
  /** From the send to the outcome, or until now. */
  readonly tookMs: number;
}

/** Told by the websocket, asked for, concluded from its absence, or in the answer to the send. */
export type Learnt = 'push' | 'poll' | 'missing' | 'answer';

const learntBy: Record<string, Learnt> = {
  websocket: 'push',
  prefetch: 'push',
  status: 'poll',
  list: 'poll',
  missing: 'missing',
  'send-response': 'answer',
  rejected: 'answer',
};

export function learntOf(state: DeliveryState | undefined): Learnt | undefined {
  return state !== undefined && 'evidence' in state ? learntBy[state.evidence] : undefined;
}

export function rowOf(
  message: { readonly number: number; readonly text: string },
  state: DeliveryState | undefined,
  now: number,
): MessageRow {
  const { number, text } = message;
  if (state === undefined) return { number, text, status: undefined, learnt: undefined, asked: 0, tookMs: 0 };
  const until = 'settledAt' in state ? state.settledAt : now;
  const { status, polls: asked, trackedAt } = state;
  return { number, text, status, learnt: learntOf(state), asked, tookMs: Math.max(0, until - trackedAt) };
}
