/**
 * The statuses of a delivery, and which of them are terminal. `reduce.ts` decides what leads to them.
 */

/** The service's own statuses of a message (documented: ChannelMessageStatusStructure). */
export type ServiceStatus = 'PENDING' | 'SENT' | 'FAILED' | 'DENIED';

/** The statuses of a delivery. We add `SENDING` (the send has no answer yet) and `UNKNOWN` (no outcome can be determined). */
export type DeliveryStatus = 'SENDING' | ServiceStatus | 'UNKNOWN';

/** The final statuses of a delivery. */
export const TERMINAL_STATUSES: readonly ['SENT', 'FAILED', 'DENIED', 'UNKNOWN'] = [
  'SENT',
  'FAILED',
  'DENIED',
  'UNKNOWN',
];

/** A final status. */
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

const terminal: ReadonlySet<DeliveryStatus> = new Set(TERMINAL_STATUSES);

/** Whether `status` is final. */
export function isTerminal(status: DeliveryStatus): status is TerminalStatus {
  return terminal.has(status);
}

const serviceStatuses: ReadonlySet<unknown> = new Set<ServiceStatus>(['PENDING', 'SENT', 'FAILED', 'DENIED']);

/** Whether `value` is one of the service's four statuses; a new status of a later service version is not. */
export function isServiceStatus(value: unknown): value is ServiceStatus {
  return serviceStatuses.has(value);
}

/** The source of an outcome, in `DeliveryState.evidence`. */
export type OutcomeEvidence = 'send-response' | 'websocket' | 'prefetch' | 'status' | 'list' | 'message' | 'missing';

/** Why the outcome could not be determined, in `DeliveryState.reason`. */
export type UnknownReason = 'deadline' | 'forbidden' | 'invalid' | 'indeterminate';
