// The status of an own message, as a line below its bubble.
import { Ban, CheckCheck, CircleAlert, CircleQuestionMark, Clock3, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { DeliveryState, DeliveryStatus } from 'chime-delivery';
import type { ReactElement } from 'react';
import { statusText, type ListedStatus } from './status-text.ts';

const icons: Record<DeliveryStatus, LucideIcon> = {
  SENDING: LoaderCircle,
  PENDING: Clock3,
  SENT: CheckCheck,
  FAILED: CircleAlert,
  DENIED: Ban,
  UNKNOWN: CircleQuestionMark,
};

export function StatusLine({ state }: { state: DeliveryState | ListedStatus }): ReactElement {
  const Icon = icons[state.status];
  return (
    <span className="status-line" data-status={state.status}>
      <Icon aria-hidden size={14} />
      {state.operation === 'update' ? 'Edit: ' : ''}
      {statusText(state)}
    </span>
  );
}
