/**
 * One look at one delivery: which operation to ask, the second witness where the first answer is not enough, and what
 * came of it as evidence. It plans nothing and decides nothing about the delivery.
 *
 * What the service answers for a denied message is unknown (nothing, an empty status, 404, perhaps 403), and an empty
 * answer is also what a broken proxy gives. So a miss that counts comes from the service itself (it carries a request id),
 * and the last one from GetChannelMessage, whose 404 is modelled.
 */
import { GetChannelMessageCommand, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { EditRead, Evidence, Missing } from '../core/evidence.ts';
import type { Known } from '../core/known.ts';
import type { Permit, Priority, Road } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import type { Trouble } from '../core/trouble.ts';
import type { Access } from './access.ts';
import { readAnswer, type Question, type Reading } from './read-answer.ts';
import type { Shown } from './read-edit.ts';

export interface LookPorts {
  readonly road: Road;
  readonly access: Access;
  readonly confirmations: number;
  readonly onUnknownWord: (word: unknown) => void;
}

export interface LookOrder {
  readonly known: Known;
  readonly priority: Priority;
  readonly permit: Permit;
  readonly signal: AbortSignal;
  readonly onRequest: () => void;
  /** For an edit: what a read of its message shows of it. */
  readonly readEdit?: ((shown: Shown) => Pick<EditRead, 'shows' | 'status' | 'ambiguous'>) | undefined;
}

/**
 * What a look brought: evidence, or nothing because the credentials are bad, because both ways of asking were refused just
 * now, or because it was called off.
 */
export type Finding =
  { readonly kind: 'evidence'; readonly evidence: Evidence } | { readonly kind: 'suspended' | 'refused' | 'aborted' };

export async function look(order: LookOrder, ports: LookPorts): Promise<Finding> {
  const { known, signal, priority } = order;
  const { chimeBearer, messageId = '' } = known;
  const { access, road } = ports;
  const asked = new Set<Question>();
  let permit: Permit | undefined = order.permit;
  let askedAt = steadyNow();

  const ask = async (question: Question): Promise<Reading> => {
    asked.add(question);
    const answer = await road.run({
      kind: question,
      chimeBearer,
      priority,
      signal,
      permit,
      command: () => commandFor(question, known),
      onAttempt: () => {
        askedAt = steadyNow();
        order.onRequest();
      },
    });
    permit = undefined;
    const reading = readAnswer(question, messageId, answer);
    if (refusalOf(reading) !== undefined) access.refused(known, question, steadyNow());
    else if (reading.kind !== 'trouble') access.permitted(known, question);
    return reading;
  };
  const told = (reading: Reading, question: Question): Finding => {
    const witness = access.isRefusedForGood(known, 'message', askedAt) ? 'status-alone' : 'status';
    const found = { at: steadyNow(), tookMs: Math.max(0, steadyNow() - askedAt) };
    return conclude(reading, question === 'message' ? 'message' : witness, found, order, ports);
  };

  const needsWitness = known.misses > 0 && known.misses + 1 >= ports.confirmations;
  // A second witness is worth asking until it is certain that the policy forbids it. Of an edit the status tells nothing.
  const isWanted =
    needsWitness && !access.isRefusedForGood(known, 'message', askedAt)
      ? true
      : access.may(known, 'message', askedAt) && (known.update || !access.may(known, 'status', askedAt));
  if (isWanted) {
    const reading = await ask('message');
    if (refusalOf(reading) === undefined) return told(reading, 'message');
  }
  const reading = await ask('status');
  const refusal = refusalOf(reading);
  if (refusal !== undefined) {
    const second = asked.has('message') ? reading : await ask('message');
    if (refusalOf(second) === undefined) return told(second, 'message');
    const isFinal = (['status', 'message'] as const).every((way) => access.isRefusedForGood(known, way, askedAt));
    return isFinal ? evidence({ kind: 'forbidden', at: steadyNow(), error: refusal.error }) : { kind: 'refused' };
  }
  if (reading.kind === 'empty' && !asked.has('message')) {
    // Also where that was refused before: nothing else can tell, and a permission may have been given since.
    const second = await ask('message');
    if (refusalOf(second) === undefined) return told(second, 'message');
  }
  return told(reading, 'status');
}

function conclude(
  reading: Reading,
  witness: Missing['witness'],
  { at, tookMs }: { at: number; tookMs: number },
  { readEdit }: LookOrder,
  ports: LookPorts,
): Finding {
  const { shown } = reading;
  if (reading.kind === 'said-otherwise') ports.onUnknownWord(reading.word);
  if (readEdit !== undefined && shown !== undefined) {
    const status = reading.kind === 'said' ? reading.status : undefined;
    return evidence({ kind: 'edit-read', source: 'message', at, tookMs, ...readEdit({ ...shown, status }) });
  }
  switch (reading.kind) {
    case 'said':
      return evidence({ kind: 'said', source: 'status', at, tookMs, status: reading.status, detail: reading.detail });
    case 'said-otherwise':
      return evidence({ kind: 'said', source: 'status', at, status: 'PENDING' });
    case 'present':
      return evidence({ kind: 'present', at });
    case 'missing':
      return evidence({ kind: 'missing', at, tookMs, witness });
    case 'empty':
      return evidence({ kind: 'unanswered', at });
    case 'trouble':
      return fromTrouble(reading.trouble, at);
  }
}

function fromTrouble({ kind, error }: Trouble, at: number): Finding {
  if (kind === 'credentials' || kind === 'skew') return { kind: 'suspended' };
  if (kind === 'aborted') return { kind: 'aborted' };
  if (kind === 'invalid') return evidence({ kind: 'invalid', at, error });
  return evidence({ kind: 'unanswered', at });
}

/** That this way of asking is not permitted. */
function refusalOf(reading: Reading): Trouble | undefined {
  return reading.kind === 'trouble' && reading.trouble.kind === 'forbidden' ? reading.trouble : undefined;
}

function evidence(found: Evidence): Finding {
  return { kind: 'evidence', evidence: found };
}

function commandFor(question: Question, known: Known): object {
  const input = {
    ChannelArn: known.channelArn,
    MessageId: known.messageId,
    ChimeBearer: known.chimeBearer,
    ...(known.subChannelId === undefined ? {} : { SubChannelId: known.subChannelId }),
  };
  return question === 'status' ? new GetChannelMessageStatusCommand(input) : new GetChannelMessageCommand(input);
}
