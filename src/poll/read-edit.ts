/**
 * Compares a read of a message with an edit of it. The content is compared first, then the time of the last edit: a
 * processor may rewrite the content, and the service's clock need not be ours. Pure.
 */
import type { EditFields } from '../core/edit-fields.ts';
import type { EditRead } from '../core/evidence.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import { UNDECIDED_MS } from '../core/edit-matcher.ts';
import { isTerminal } from '../core/status.ts';

export interface EditContext {
  readonly edit: TrackedDelivery;
  /** All edits of the message that are tracked, and the message itself where it is. */
  readonly edits: readonly TrackedDelivery[];
  readonly create: TrackedDelivery | undefined;
  /** The fields of the first read since the edit is tracked; undefined for the first read. */
  readonly first: EditFields | undefined;
  /** An event has told, since the edit began, that an edit with the content that is shown was applied. */
  readonly wasTold: boolean;
  /** An earlier life made it, which may have made other edits that are not known here. */
  readonly isRestored: boolean;
  /** It began before it was tracked, so that the first read may have come after it was applied. */
  readonly beganEarlier: boolean;
  /** Now, and the offset of the wall clock from the monotonic one. */
  readonly now: number;
  readonly clockOffset: number;
}

export function readEdit(shown: EditFields, context: EditContext): Pick<EditRead, 'shows' | 'status' | 'ambiguous'> {
  const { edit, edits, create, now } = context;
  const others = edits.filter((each) => each !== edit);
  const otherIsOpen = others.some((other) => isUndecided(other, now));
  const { status } = shown;
  // A status that is not SENT may be the message's own, unless that is known to have been sent.
  const isOfMessage = (status === 'FAILED' || status === 'DENIED') && create?.record.status !== 'SENT';
  const isOfOther = [...(create === undefined ? [] : [create]), ...others].some((each) => mayShow(each, now));
  const told = { status, ambiguous: isOfOther || isOfMessage };
  // While the message is processed, its times and its content may be those of an edit that is denied later.
  if (status === 'PENDING') return { shows: 'old', ...told };
  if (edit.record.contentDigest !== undefined && shown.contentDigest === edit.record.contentDigest) {
    return { shows: 'applied', ...told };
  }
  if (wasEdited(shown, context, create === undefined ? others : [create, ...others])) {
    return { shows: otherIsOpen || context.isRestored ? 'unclear' : 'applied', ...told };
  }
  // A processor may have rewritten the content, or it is another device's edit: it is not the content of before.
  if (context.wasTold) return { shows: 'unclear', ...told };
  return { shows: isAsBefore(shown, context) ? 'old' : 'unclear', ...told };
}

/** Whether the message is as it was before the edit began. */
function isAsBefore({ contentDigest, editedAt }: EditFields, { first, beganEarlier }: EditContext): boolean {
  // It is not known when the edit began, so that the time of the last edit may be its own.
  if (beganEarlier && editedAt !== undefined) return false;
  return first === undefined || (first.contentDigest === contentDigest && first.editedAt === editedAt);
}

function isUndecided({ record }: TrackedDelivery, now: number): boolean {
  if (record.status === 'UNKNOWN') return now - (record.settledAt ?? -Infinity) < UNDECIDED_MS;
  return !isTerminal(record.status);
}

/** A read in flight as it ended may show the message as it was before, for this long, in milliseconds. */
const UNDER_WAY_MS = 15_000;

function mayShow(other: TrackedDelivery, now: number): boolean {
  return isUndecided(other, now) || now - (other.record.settledAt ?? -Infinity) < UNDER_WAY_MS;
}

/** By how much the service's clock may differ from ours, in milliseconds, where two of our edits have to be told apart by it. */
const CLOCK_SKEW_MS = 5_000;

/** Whether the message was edited after `edit` began, and after every other edit of ours that was applied. */
function wasEdited(
  shown: EditFields,
  { edit, first, now, clockOffset }: EditContext,
  others: readonly TrackedDelivery[],
): boolean {
  const { editedAt, contentDigest } = shown;
  if (editedAt === undefined) return false;
  // The content of the message before, or of another edit, is not this edit's, whatever the time says.
  if (others.some(({ record }) => record.contentDigest !== undefined && record.contentDigest === contentDigest))
    return false;
  const applied = others
    .filter(({ record }) => record.isEdit && record.status === 'SENT')
    .map(({ record }) => record.settledAt ?? 0);
  if (first !== undefined) {
    // By the service's own clock: another edit time than the first read has shown. (The content has to change with it.)
    if (first.contentDigest === contentDigest) return false;
    if (first.editedAt !== editedAt && applied.every((at) => at < edit.record.sentAt)) return true;
  }
  // A time to come shows that our clock is behind the service's: then it says nothing of what came first.
  if (editedAt > now + clockOffset) return false;
  // Where the service tells whole seconds, it may be any moment of that second.
  const latest = editedAt % 1_000 === 0 ? editedAt + 999 : editedAt;
  return latest - clockOffset >= Math.max(edit.record.sentAt, ...applied.map((at) => at + CLOCK_SKEW_MS));
}
