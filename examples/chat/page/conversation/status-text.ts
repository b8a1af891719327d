// The text for the status of an own message: below its bubble, and for screen readers.
import type { DeliveryState } from 'chime-delivery';
import type { ChatMessage } from '../chime/message.ts';

/** The status of an own message that the service has listed. */
export interface ListedStatus {
  readonly operation: 'create';
  readonly status: 'SENT' | 'FAILED' | 'DENIED';
  readonly detail: string | undefined;
  readonly evidence: 'list';
}

/** The status of a listed message without a delivery: it has ended, or it never needed a decision. */
export function statusOf(message: ChatMessage | undefined): ListedStatus {
  const { Value, Detail } = message?.Status ?? {};
  const status = Value === 'FAILED' || Value === 'DENIED' ? Value : 'SENT';
  return { operation: 'create', status, detail: Detail, evidence: 'list' };
}

export function statusText(state: DeliveryState | ListedStatus): string {
  switch (state.status) {
    case 'SENDING':
      return 'Sending…';
    case 'PENDING':
      return 'Pending: waiting for the moderator';
    case 'SENT':
      return 'Sent';
    case 'FAILED':
      return `Failed: ${state.detail ?? (state.evidence === 'rejected' ? 'the service rejected the send' : 'it was not delivered')}`;
    case 'DENIED':
      // The service does not store a denied message: only a push event has the reason, a poll has none.
      return `Denied: ${state.detail ?? 'polling cannot read the reason'}`;
    case 'UNKNOWN':
      return `Unknown: ${unknownReasons[state.reason]}`;
  }
}

const unknownReasons: Record<Extract<DeliveryState, { status: 'UNKNOWN' }>['reason'], string> = {
  deadline: 'the moderator did not answer in time',
  forbidden: 'permission to read the status is missing',
  invalid: 'the service rejects the status request',
  indeterminate: 'it may or may not have arrived',
};
