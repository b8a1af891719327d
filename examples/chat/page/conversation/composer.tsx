// The input for a new message. Enter sends it.
import { ArrowUp } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';

interface ComposerProps {
  readonly name: string;
  readonly onSend: (text: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

export function Composer({ name, onSend, inputRef }: ComposerProps): ReactElement {
  const submit = (data: FormData): void => {
    const text = data.get('text');
    if (typeof text === 'string' && text.trim() !== '') onSend(text.trim());
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
        maxLength={4096}
        placeholder={`Write as ${name}`}
        aria-label={`Message from ${name}`}
      />
      <button type="submit" aria-label={`Send as ${name}`}>
        <ArrowUp aria-hidden size={18} />
      </button>
    </form>
  );
}
