// What became of an own message, in words: under its bubble, and for those who listen.
import type { DeliveryState } from 'chime-delivery';

export function wordsFor(state: DeliveryState): string {
  switch (state.status) {
    case 'SENDING':
      return 'Sending…';
    case 'PENDING':
      return 'Pending: waiting for the moderator';
    case 'SENT':
      return 'Sent';
    case 'FAILED':
      return `Failed: ${state.detail ?? (state.evidence === 'rejected' ? 'the service refused it' : 'it was not delivered')}`;
    case 'DENIED':
      // A denied message is not stored: only the websocket tells why. Whoever had to ask learns no reason.
      return `Denied: ${state.detail ?? 'the reason was lost with the websocket'}`;
    case 'UNKNOWN':
      return `Unknown: ${unknownWords[state.reason]}`;
  }
}

const unknownWords: Record<Extract<DeliveryState, { status: 'UNKNOWN' }>['reason'], string> = {
  deadline: 'the moderator never answered',
  forbidden: 'you may not ask what became of it',
  invalid: 'the service cannot find it',
  indeterminate: 'it may or may not have arrived',
};
