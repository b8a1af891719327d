// Parses and validates a command of the page.
import { outcomes, socketStates, type Command } from '../protocol.ts';

/** Throws a `TypeError` that says what was expected. */
export function readCommand(text: string): Command {
  const given: unknown = JSON.parse(text);
  const fields = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  switch (fields['do']) {
    case 'sockets':
      return { do: 'sockets', to: oneOf('to', socketStates, fields['to']) };
    case 'expire':
    case 'throttle':
      return { do: fields['do'], seconds: number('seconds', 60, fields['seconds']) };
    case 'process': {
      const outcome = oneOf('outcome', outcomes, fields['outcome']);
      return { do: 'process', outcome, delayMs: number('delayMs', 60_000, fields['delayMs']) };
    }
    default:
      throw new TypeError("Expected `do` to be 'sockets', 'expire', 'throttle' or 'process'.");
  }
}

function oneOf<T extends string>(field: string, words: readonly T[], given: unknown): T {
  const word = words.find((one) => one === given);
  if (word === undefined) throw new TypeError(`Expected \`${field}\` to be one of ${words.join(', ')}.`);
  return word;
}

function number(field: string, max: number, given: unknown): number {
  if (typeof given === 'number' && given >= 0 && given <= max) return given;
  throw new TypeError(`Expected \`${field}\` to be a number from 0 to ${max}.`);
}
