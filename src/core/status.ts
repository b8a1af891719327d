/**
 * The words for what can become of a message, and which of them are the last word.
 * This is the only place that knows which statuses are terminal; what leads to them is decided in `reduce.ts`.
 */

/** What the service itself may say of a message (documented: ChannelMessageStatusStructure). */
export type ServiceStatus = 'PENDING' | 'SENT' | 'FAILED' | 'DENIED';

/** Everything that a delivery can be. `SENDING` and `UNKNOWN` are ours: not answered yet, and truth not to be had. */
export type DeliveryStatus = 'SENDING' | ServiceStatus | 'UNKNOWN';

/** The words after which nothing more is said about a delivery. */
export const TERMINAL_STATUSES: readonly ['SENT', 'FAILED', 'DENIED', 'UNKNOWN'] = [
  'SENT',
  'FAILED',
  'DENIED',
  'UNKNOWN',
];

/** A status after which nothing more is said. */
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

const terminal: ReadonlySet<DeliveryStatus> = new Set(TERMINAL_STATUSES);

/** Whether `status` is the last word about a delivery. */
export function isTerminal(status: DeliveryStatus): status is TerminalStatus {
  return terminal.has(status);
}

const serviceStatuses: ReadonlySet<unknown> = new Set<ServiceStatus>(['PENDING', 'SENT', 'FAILED', 'DENIED']);

/** Whether `word` is one of the service's own four; a new word of a later service version is not. */
export function isServiceStatus(word: unknown): word is ServiceStatus {
  return serviceStatuses.has(word);
}

/** Why an outcome is believed; it stands in `DeliveryState.evidence`. */
export type OutcomeEvidence = 'send-response' | 'websocket' | 'prefetch' | 'status' | 'list' | 'message' | 'missing';

/** Why the truth about a delivery could not be had; it stands in `DeliveryState.reason`. */
export type UnknownReason = 'deadline' | 'forbidden' | 'invalid' | 'indeterminate';
