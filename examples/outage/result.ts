// The result of a run as data, and the check of it. Pure; `summary.ts` formats it.
import { isTerminal, type DeliveryState, type DeliveryStats } from 'chime-delivery';

export interface Result {
  readonly endings: readonly Ending[];
  readonly stats: DeliveryStats;
  readonly elapsedMs: number;
  /** How long the tracker had no push. */
  readonly downMs: number;
  /** Problems for the reader to fix, such as a missing permission. */
  readonly notices: readonly string[];
  /** The service's own figures; undefined on a real account. */
  readonly service: { readonly created: number; readonly busiestSecond: number } | undefined;
}

export interface Ending {
  readonly number: number;
  readonly text: string;
  /** Undefined if it was never sent. */
  readonly state: DeliveryState | undefined;
  /** How many `settled` events the tracker emitted for it. */
  readonly settledEvents: number;
  /** Its true outcome; undefined on a real account, and when it never arrived. */
  readonly truth: string | undefined;
}

export function isOpen({ state }: Ending): boolean {
  return state === undefined || !isTerminal(state.status);
}

/** Whether the reported outcome is true. On a real account, whether the tracker reported an outcome with evidence. */
export function isTrue({ state, truth }: Ending, { service }: Pick<Result, 'service'>): boolean {
  if (service !== undefined) return state !== undefined && state.status === truth;
  return state !== undefined && 'evidence' in state && state.evidence !== 'rejected';
}

/** The problems of the run, one line each; none means success. */
export function problemsIn(result: Result): string[] {
  const { endings, service } = result;
  const lines = endings.flatMap((ending) => problem(ending, result) ?? []);
  const sent = endings.filter(({ state }) => state !== undefined).length;
  if (service !== undefined && service.created !== sent) {
    lines.push(`${sent} messages were sent, the service received ${service.created}`);
  }
  return lines;
}

function problem(ending: Ending, result: Result): string | undefined {
  const { number, text, state, settledEvents, truth } = ending;
  const name = `#${number} ${text}`;
  if (state === undefined) return `${name}: not sent`;
  if (isOpen(ending)) return `${name}: still ${state.status}, polled ${state.polls} times`;
  if (settledEvents !== 1) return `${name}: ${settledEvents} 'settled' events instead of one`;
  if (isTrue(ending, result)) return undefined;
  if (result.service !== undefined)
    return `${name}: reported ${state.status}, true outcome: ${truth ?? 'never arrived'}`;
  return `${name}: ${state.status}${'error' in state ? `, ${String(state.error)}` : ''}`;
}
