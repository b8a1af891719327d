/** Why a delivery is where it is: the facts as data, and as one sentence. Pure. */
import type { DeliveryState } from '../core/delivery-state.ts';
import type { Evidence } from '../core/evidence.ts';
import type { OutcomeEvidence } from '../core/status.ts';

/** Why a delivery is where it is. All times are by the wall clock, in milliseconds since the epoch. */
export interface Explanation {
  readonly id: string;
  readonly state: DeliveryState;
  /** What was learnt of it last; undefined before anything was. */
  readonly lastEvidence:
    | { readonly kind: Evidence['kind']; readonly source?: OutcomeEvidence | 'status-only'; readonly at: number }
    | undefined;
  /** When it is acted on next, and why then; undefined for one that has ended. */
  readonly next: { readonly at: number | undefined; readonly why: NextReason } | undefined;
  /** Whether push works for its bearer. */
  readonly link: 'up' | 'down';
  /** The budget of its bearer: the rate now, and for how many milliseconds more a 429 pauses the requests. */
  readonly budget: { readonly requestsPerSecond: number; readonly pausedForMs: number };
  /** Whether requests have stopped because the credentials are bad. */
  readonly suspended: boolean;
  /** All of it as one plain sentence. */
  readonly sentence: string;
}

/**
 * What comes next. `attempt`: the send is repeated. `response`: a request is under way. `turn`: it waits for its turn in the
 * budget, or for an earlier send. `confirmation`: a missing status is confirmed. `push`: push works, and a poll only makes
 * sure. `poll`: push does not work. `credentials`: no request leaves until they work again.
 */
export type NextReason = 'attempt' | 'response' | 'turn' | 'confirmation' | 'push' | 'poll' | 'credentials';

export type Facts = Omit<Explanation, 'sentence' | 'id'>;

/** @param now by the wall clock */
export function explain(facts: Facts, now: number): Explanation {
  return Object.freeze({ id: facts.state.id, ...facts, sentence: sentenceOf(facts, now) });
}

function sentenceOf(facts: Facts, now: number): string {
  const { state } = facts;
  const what = state.operation === 'update' ? 'edit' : 'message';
  switch (state.status) {
    case 'SENT':
      return `The ${what} was delivered: ${sourceOf[state.evidence]}.`;
    case 'FAILED':
      return state.evidence === 'rejected'
        ? `The ${what} was not sent: the service refused it, or it ended before it could arrive${causeOf(state.error)}.`
        : `The ${what} was not delivered, since the channel flow failed: ${sourceOf[state.evidence]}.`;
    case 'DENIED':
      return `The channel flow denied the ${what}: ${sourceOf[state.evidence]}.`;
    case 'UNKNOWN':
      return `The outcome of the ${what} cannot be known: ${unknownOf[state.reason]}${causeOf(state.error)}.`;
    case 'SENDING':
      return `The service has not answered to the ${what} yet: ${nextOf(facts, now)}.`;
    case 'PENDING':
      return `The service has the ${what}, and the channel flow has not decided: ${nextOf(facts, now)}.`;
  }
}

const sourceOf: Readonly<Record<OutcomeEvidence, string>> = {
  'send-response': 'the response to the send said so',
  websocket: 'the websocket said so',
  prefetch: 'the websocket said so when it connected',
  status: 'GetChannelMessageStatus said so',
  list: 'ListChannelMessages said so',
  message: 'GetChannelMessage showed it',
  missing: 'the service has no status for it, which was confirmed',
};

const unknownOf = {
  deadline: 'the flow did not decide within polling.giveUpAfterMs',
  forbidden: 'the IAM policy allows neither chime:GetChannelMessageStatus nor chime:GetChannelMessage',
  invalid: 'the service refuses the request for its status as invalid',
  indeterminate: 'nothing that can be read tells it',
} as const;

function nextOf({ next, budget, suspended }: Facts, now: number): string {
  const due = next?.at === undefined || next.at <= now ? 'now' : `in ${duration(next.at - now)}`;
  const pause = budget.pausedForMs > 0 ? `, and a 429 pauses requests for ${duration(budget.pausedForMs)}` : '';
  if (suspended) return 'no request leaves until the credentials work again';
  switch (next?.why) {
    case 'attempt':
      return `it is sent again ${due}${pause}`;
    case 'response':
      return `a request is under way${pause}`;
    case 'confirmation':
      return `its status was missing, which is confirmed ${due}${pause}`;
    case 'push':
      return `the websocket is up and will tell, and a poll makes sure ${due}${pause}`;
    case 'poll':
      return `the websocket is down, so that it is polled ${due}${pause}`;
    case 'turn':
    case 'credentials':
    case undefined:
      return `it waits for its turn in a budget of ${budget.requestsPerSecond} requests per second${pause}`;
  }
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

function causeOf(error: unknown): string {
  return error instanceof Error ? ` (${error.message})` : '';
}
