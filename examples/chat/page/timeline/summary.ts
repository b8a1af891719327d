// The text at the end of a lane: by push or not, the number of polls, and the time since the send.
import type { DeliveryState, OutcomeEvidence } from 'chime-delivery';

const isPushed: Record<OutcomeEvidence | 'rejected', boolean> = {
  'send-response': false,
  rejected: false,
  websocket: true,
  prefetch: true,
  status: false,
  list: false,
  message: false,
  missing: false,
};

export function summaryOf(state: DeliveryState, now: number): string {
  const until = 'settledAt' in state ? state.settledAt : now;
  const seconds = `${(Math.max(0, until - state.trackedAt) / 1_000).toFixed(1)} s`;
  const polls = state.polls === 0 ? [] : [`${state.polls} ${state.polls === 1 ? 'poll' : 'polls'}`];
  const pushed = 'evidence' in state && isPushed[state.evidence] ? ['pushed'] : [];
  return [...pushed, ...polls, seconds].join(', ');
}
