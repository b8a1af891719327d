// The app's components, which know nothing of the library.
import type { ReactElement } from 'react';

export interface Actions {
  readonly edit: (id: string, text: string) => void;
  readonly sendAgain: (id: string) => void;
}

interface MessageProps extends Actions {
  readonly id: string | undefined;
  readonly message: { readonly Content?: string | undefined } | undefined;
  readonly status: string | undefined;
}

export function Message({ id = '', message, status = '', edit, sendAgain }: MessageProps): ReactElement {
  const text = message?.Content ?? '';
  return (
    <li>
      <span>{text}</span> <em>{status}</em>
      {status === 'SENT' && <button onClick={() => edit(id, `${text}!`)}>Shout: {text}</button>}
      {(status === 'FAILED' || status === 'DENIED') && (
        <button onClick={() => sendAgain(id)}>Send again: {text}</button>
      )}
    </li>
  );
}

export function Composer({ onSend }: { onSend: (text: string) => void }): ReactElement {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const text = new FormData(event.currentTarget).get('text');
        if (typeof text === 'string') onSend(text);
        event.currentTarget.reset();
      }}
    >
      <input name="text" aria-label="Message" />
    </form>
  );
}
