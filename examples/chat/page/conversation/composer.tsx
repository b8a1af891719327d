// The input for a new message, or for an edit. Enter sends it.
import { ArrowUp } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';

interface ComposerProps {
  /** The names of the input and of its button. */
  readonly label: string;
  readonly button: string;
  readonly placeholder?: string;
  /** The text to edit. */
  readonly text?: string;
  readonly onSend: (text: string) => void;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

export function Composer({ label, button, placeholder, text, onSend, inputRef }: ComposerProps): ReactElement {
  const submit = (data: FormData): void => {
    const written = data.get('text');
    if (typeof written === 'string' && written.trim() !== '') onSend(written.trim());
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
        event.currentTarget.reset();
      }}
    >
      <input
        ref={inputRef}
        name="text"
        autoComplete="off"
        // An edit begins where the user has asked for it.
        autoFocus={text !== undefined}
        defaultValue={text}
        maxLength={4096}
        placeholder={placeholder}
        aria-label={label}
      />
      <button type="submit" aria-label={button}>
        <ArrowUp aria-hidden size={18} />
      </button>
    </form>
  );
}
