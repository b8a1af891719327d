// One message. `useMessages` keeps its item the same object, so that it renders again only when it changes.
import { Pencil, RotateCcw } from 'lucide-react';
import { memo, useState, type NamedExoticComponent, type ReactElement } from 'react';
import { Composer } from './composer.tsx';
import { StatusLine } from './status-line.tsx';
import { textOf, type Item } from './use-conversation.ts';

interface BubbleProps {
  readonly item: Item;
  readonly onSendAgain: (id: string) => void;
  readonly onEdit: (item: Item, text: string) => void;
}

export const Bubble: NamedExoticComponent<BubbleProps> = memo(
  ({ item, onSendAgain, onEdit }: BubbleProps): ReactElement => {
    const { message, delivery, edit } = item;
    const [isEditing, setIsEditing] = useState(false);
    const text = textOf(item);
    const time = message?.CreatedTimestamp ?? new Date(delivery?.trackedAt ?? 0);
    const failed = [delivery, edit].find((state) => state?.status === 'FAILED');
    return (
      <li className="message" data-mine={delivery !== undefined} data-status={delivery?.status ?? 'SENT'}>
        <span className="visually-hidden">
          {delivery === undefined ? `${message?.Sender?.Name ?? 'Somebody'} said` : 'You said'}
        </span>
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
          {delivery !== undefined && <StatusLine state={delivery} />}
          {edit !== undefined && <StatusLine state={edit} />}
          <time dateTime={time.toISOString()}>
            {time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}
          </time>
          {delivery?.status === 'SENT' && message !== undefined && !isEditing && (
            <button type="button" className="edit" aria-label={`Edit: ${text}`} onClick={() => setIsEditing(true)}>
              <Pencil aria-hidden size={12} />
            </button>
          )}
        </p>
        {failed !== undefined && (
          <button
            type="button"
            className="again"
            aria-label={`Send again: ${text}`}
            onClick={() => onSendAgain(failed.id)}
          >
            <RotateCcw aria-hidden size={14} />
            Send again
          </button>
        )}
      </li>
    );
  },
);
Bubble.displayName = 'Bubble';
