// What became of an own message, as a line under its bubble.
import { Ban, CheckCheck, CircleAlert, CircleQuestionMark, Clock3, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { DeliveryState, DeliveryStatus } from 'chime-delivery';
import type { ReactElement } from 'react';
import { wordsFor } from './fate-words.ts';

const icons: Record<DeliveryStatus, LucideIcon> = {
  SENDING: LoaderCircle,
  PENDING: Clock3,
  SENT: CheckCheck,
  FAILED: CircleAlert,
  DENIED: Ban,
  UNKNOWN: CircleQuestionMark,
};

export function Fate({ state }: { state: DeliveryState }): ReactElement {
  const Icon = icons[state.status];
  return (
    <span className="fate" data-status={state.status}>
      <Icon aria-hidden size={14} />
      {wordsFor(state)}
    </span>
  );
}
