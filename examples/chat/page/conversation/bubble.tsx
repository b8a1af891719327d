// One message. `useMessages` keeps its item the same object, so that it renders again only when it changes.
import { Pencil, RotateCcw } from 'lucide-react';
import { memo, useState, type NamedExoticComponent, type ReactElement } from 'react';
import { Composer } from './composer.tsx';
import { StatusLine } from './status-line.tsx';
import { statusOf } from './status-text.ts';
import { textOf, timeOf, type Item } from './use-conversation.ts';

interface BubbleProps {
  readonly item: Item;
  readonly isMine: boolean;
  readonly onSendAgain: (item: Item) => void;
  readonly onEdit: (item: Item, text: string) => void;
}

export const Bubble: NamedExoticComponent<BubbleProps> = memo(
  ({ item, isMine, onSendAgain, onEdit }: BubbleProps): ReactElement => {
    const { message, delivery, edit } = item;
    const [isEditing, setIsEditing] = useState(false);
    const text = textOf(item);
    const time = timeOf(item);
    const state = isMine ? (delivery ?? statusOf(message)) : undefined;
    const hasFailed = state?.status === 'FAILED' || edit?.status === 'FAILED';
    return (
      <li className="message" data-mine={isMine} data-status={state?.status ?? 'SENT'}>
        <span className="visually-hidden">{isMine ? 'You said' : `${message?.Sender?.Name ?? 'Somebody'} said`}</span>
        {isEditing ? (
          <Composer
            label={`New text of: ${text}`}
            button="Save the edit"
            text={text}
            onSend={(edited) => {
              setIsEditing(false);
              onEdit(item, edited);
            }}
          />
        ) : (
          <p className="bubble">{text}</p>
        )}
        <p className="meta">
          {state !== undefined && <StatusLine state={state} />}
          {edit !== undefined && <StatusLine state={edit} />}
          <time dateTime={time.toISOString()}>
            {time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}
          </time>
          {state?.status === 'SENT' && message !== undefined && !isEditing && (
            <button type="button" className="edit" aria-label={`Edit: ${text}`} onClick={() => setIsEditing(true)}>
              <Pencil aria-hidden size={12} />
            </button>
          )}
        </p>
        {hasFailed && (
          <button type="button" className="again" aria-label={`Send again: ${text}`} onClick={() => onSendAgain(item)}>
            <RotateCcw aria-hidden size={14} />
            Send again
          </button>
        )}
      </li>
    );
  },
);
Bubble.displayName = 'Bubble';
