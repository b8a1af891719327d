/** Reads of edits: what each read shows of an edit, beside the other edits of its message and what the first read showed. */
import type { EditRead } from '../core/evidence.ts';
import type { Entry } from '../core/entry.ts';
import type { Ledger } from '../core/ledger.ts';
import { clockOffset, steadyNow } from '../core/time.ts';
import { readEdit, type Shown } from './read-edit.ts';

export class EditReads {
  readonly #ledger: Pick<Ledger, 'editsOf' | 'findMessage'>;
  readonly #first = new WeakMap<Entry, Shown>();
  readonly #begunAt = steadyNow();

  constructor(ledger: Pick<Ledger, 'editsOf' | 'findMessage'>) {
    this.#ledger = ledger;
  }

  read(edit: Entry, shown: Shown): Pick<EditRead, 'shows' | 'status' | 'ambiguous'> {
    const { known } = edit;
    const { messageId = '' } = known;
    const first = this.#first.get(edit);
    if (first === undefined) this.#first.set(edit, shown);
    return readEdit(shown, {
      edit,
      edits: this.#ledger.editsOf({ ...known, messageId }),
      create: this.#ledger.findMessage(messageId, known),
      first,
      isRestored: known.trackedAt < this.#begunAt,
      now: steadyNow(),
      clockOffset: clockOffset(),
    });
  }
}
