// A lane's last word: how it was learnt what became of the message, and after how long.
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

export function verdictOn(state: DeliveryState, now: number): string {
  const until = 'settledAt' in state ? state.settledAt : now;
  const seconds = `${(Math.max(0, until - state.trackedAt) / 1_000).toFixed(1)} s`;
  const looks = state.polls === 0 ? [] : [`${state.polls} ${state.polls === 1 ? 'look' : 'looks'}`];
  const pushed = 'evidence' in state && isPushed[state.evidence] ? ['pushed'] : [];
  return [...pushed, ...looks, seconds].join(', ');
}
