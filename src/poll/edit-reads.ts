/** Reads of edits: compares each read of an edit with the first read, and with the other edits of its message. */
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { EditRead } from '../core/evidence.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryRegistry } from '../core/delivery-registry.ts';
import { clockOffset, monotonicNow } from '../shared/time.ts';
import type { EditFields } from '../core/edit-fields.ts';
import { readEdit } from './read-edit.ts';

export class EditReads {
  readonly #registry: Pick<DeliveryRegistry, 'editsOf' | 'wasApplied' | 'findMessage'>;
  readonly #first = new WeakMap<TrackedDelivery, EditFields>();

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
      create: this.#registry.findMessage(messageId, record) ?? edit.message,
      first,
      isRestored: record.restoredAt !== undefined,
      beganEarlier: beganEarlier(record),
      now: monotonicNow(),
      clockOffset: clockOffset(),
    });
  }
}

/** Whether the app may have sent it long before it was tracked: it was restored, or `track` got it without the time of its send. */
function beganEarlier({ restoredAt, sentAt, trackedAt, details }: DeliveryRecord): boolean {
  return restoredAt !== undefined || (details.input === undefined && sentAt >= trackedAt);
}
