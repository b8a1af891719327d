/** Reads of edits: compares each read of an edit with the first read, and with the other edits of its message. */
import type { EditRead } from '../core/evidence.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryRegistry } from '../core/delivery-registry.ts';
import { clockOffset, monotonicNow } from '../shared/time.ts';
import type { EditFields } from '../core/edit-fields.ts';
import { readEdit } from './read-edit.ts';

export class EditReads {
  readonly #registry: Pick<DeliveryRegistry, 'editsOf' | 'wasApplied' | 'findMessage'>;
  readonly #first = new WeakMap<TrackedDelivery, EditFields>();
  readonly #begunAt = monotonicNow();

  constructor(registry: Pick<DeliveryRegistry, 'editsOf' | 'wasApplied' | 'findMessage'>) {
    this.#registry = registry;
  }

  read(edit: TrackedDelivery, shown: EditFields): Pick<EditRead, 'shows' | 'status' | 'ambiguous'> {
    const { record } = edit;
    const { messageId = '' } = record;
    const first = this.#first.get(edit);
    if (first === undefined) this.#first.set(edit, shown);
    return readEdit(shown, {
      edit,
      edits: this.#registry.editsOf({ ...record, messageId }),
      wasTold: this.#registry.wasApplied(record, shown.contentDigest),
      create: this.#registry.findMessage(messageId, record),
      first,
      isRestored: record.trackedAt < this.#begunAt,
      now: monotonicNow(),
      clockOffset: clockOffset(),
    });
  }
}
