// Where a message is written. Enter sends it.
import { ArrowUp } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';

interface ComposerProps {
  readonly name: string;
  readonly onSay: (text: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

export function Composer({ name, onSay, inputRef }: ComposerProps): ReactElement {
  const say = (data: FormData): void => {
    const text = data.get('text');
    if (typeof text === 'string' && text.trim() !== '') onSay(text.trim());
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        say(new FormData(event.currentTarget));
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
