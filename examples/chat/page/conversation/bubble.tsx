// One message. An own message renders again only when its delivery changes.
import { RotateCcw } from 'lucide-react';
import { useDelivery } from 'chime-delivery/react';
import { memo, type NamedExoticComponent, type ReactElement } from 'react';
import type { Row } from './conversation.ts';
import { StatusLine } from './status-line.tsx';

interface BubbleProps {
  readonly row: Row;
  readonly onSendAgain: (row: Row) => void;
}

export const Bubble: NamedExoticComponent<BubbleProps> = memo(({ row, onSendAgain }: BubbleProps): ReactElement => {
  const { senderName, text, at, delivery } = row;
  const state = useDelivery(delivery);
  const time = new Date(at);
  return (
    <li className="message" data-mine={state !== undefined} data-status={state?.status ?? 'SENT'}>
      <span className="visually-hidden">{state === undefined ? `${senderName} said` : 'You said'}</span>
      <p className="bubble">{text}</p>
      <p className="meta">
        {state !== undefined && <StatusLine state={state} />}
        <time dateTime={time.toISOString()}>
          {time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}
        </time>
      </p>
      {state?.status === 'FAILED' && (
        <button type="button" className="again" aria-label={`Send again: ${text}`} onClick={() => onSendAgain(row)}>
          <RotateCcw aria-hidden size={14} />
          Send again
        </button>
      )}
    </li>
  );
});
Bubble.displayName = 'Bubble';
