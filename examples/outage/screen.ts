// The visible state at one time, as data: `run-scenario.ts` creates it, `board.ts` and `log.ts` render it as lines.
import type { DeliveryState, DeliveryStats } from 'chime-delivery';

export interface Screen {
  readonly elapsedMs: number;
  readonly stats: DeliveryStats;
  /** The last step of the script, and when it ran. */
  readonly caption: { readonly atMs: number; readonly text: string };
  readonly messages: readonly MessageRow[];
}

export interface MessageRow {
  readonly number: number;
  readonly text: string;
  /** Undefined before it is sent. */
  readonly status: DeliveryState['status'] | undefined;
  /** The source of its outcome; undefined while it has none. */
  readonly source: OutcomeSource | undefined;
  /** How often it was polled. */
  readonly polls: number;
  /** From the send to the outcome, or until now. */
  readonly tookMs: number;
}

/** A push event, a poll, a confirmed missing status, or the response of the send. */
export type OutcomeSource = 'push' | 'poll' | 'missing' | 'response';

const sourceBy: Record<string, OutcomeSource> = {
  websocket: 'push',
  prefetch: 'push',
  status: 'poll',
  list: 'poll',
  missing: 'missing',
  'send-response': 'response',
  rejected: 'response',
};

export function sourceOf(state: DeliveryState | undefined): OutcomeSource | undefined {
  return state !== undefined && 'evidence' in state ? sourceBy[state.evidence] : undefined;
}

export function rowOf(
  message: { readonly number: number; readonly text: string },
  state: DeliveryState | undefined,
  now: number,
): MessageRow {
  const { number, text } = message;
  if (state === undefined) return { number, text, status: undefined, source: undefined, polls: 0, tookMs: 0 };
  const until = 'settledAt' in state ? state.settledAt : now;
  const { status, polls, trackedAt } = state;
  return { number, text, status, source: sourceOf(state), polls, tookMs: Math.max(0, until - trackedAt) };
}
