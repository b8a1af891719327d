// What a played scenario came to, as data, and what is wrong with it. Pure; `summary.ts` puts it into words.
import { isTerminal, type DeliveryState, type DeliveryStats } from 'chime-delivery';

export interface Result {
  readonly endings: readonly Ending[];
  readonly stats: DeliveryStats;
  readonly elapsedMs: number;
  /** For how long there was no push, as far as the tracker knew. */
  readonly downMs: number;
  /** Things that the reader should mend, such as a missing permission. */
  readonly notices: readonly string[];
  /** What the service itself knows; undefined on a real account. */
  readonly service: { readonly created: number; readonly busiestSecond: number } | undefined;
}

export interface Ending {
  readonly number: number;
  readonly text: string;
  /** Undefined if it was never sent. */
  readonly state: DeliveryState | undefined;
  /** How many terminal events the tracker fired for it. */
  readonly timesTold: number;
  /** What really became of it; undefined on a real account, and where it never arrived. */
  readonly truth: string | undefined;
}

export function isOpen({ state }: Ending): boolean {
  return state === undefined || !isTerminal(state.status);
}

/** Whether what the app was told is what happened. Without a truth to compare with, whether it was told anything certain. */
export function isTrue({ state, truth }: Ending, { service }: Pick<Result, 'service'>): boolean {
  if (service !== undefined) return state !== undefined && state.status === truth;
  return state !== undefined && 'evidence' in state && state.evidence !== 'rejected';
}

/** Everything that must not be, one line each; none means that all went well. */
export function complaintsAbout(result: Result): string[] {
  const { endings, service } = result;
  const lines = endings.flatMap((ending) => complaint(ending, result) ?? []);
  const sent = endings.filter(({ state }) => state !== undefined).length;
  if (service !== undefined && service.created !== sent) {
    lines.push(`${sent} messages were sent, the service was given ${service.created}`);
  }
  return lines;
}

function complaint(ending: Ending, result: Result): string | undefined {
  const { number, text, state, timesTold, truth } = ending;
  const name = `#${number} ${text}`;
  if (state === undefined) return `${name}: not sent`;
  if (isOpen(ending)) return `${name}: still ${state.status}, asked ${state.polls} times`;
  if (timesTold !== 1) return `${name}: ${timesTold} terminal events instead of one`;
  if (isTrue(ending, result)) return undefined;
  if (result.service !== undefined) return `${name}: said ${state.status}, in truth ${truth ?? 'never arrived'}`;
  return `${name}: ${state.status}${'error' in state ? `, ${String(state.error)}` : ''}`;
}
