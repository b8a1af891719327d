/**
 * One look at one delivery: which operation to ask, the second witness where the first answer is not enough, and what
 * came of it as evidence. It plans nothing and decides nothing about the delivery.
 *
 * What the service answers for a denied message is unknown (nothing, an empty status, 404, perhaps 403), and an empty
 * answer is also what a broken proxy gives. So a miss that counts comes from the service itself (it carries a request id),
 * and the last one from GetChannelMessage, whose 404 is modelled.
 */
import { GetChannelMessageCommand, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { Evidence, Missing } from '../core/evidence.ts';
import type { Known } from '../core/known.ts';
import type { Permit, Priority, Road } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import type { Trouble } from '../core/trouble.ts';
import type { Access } from './access.ts';
import { readAnswer, type Question, type Reading } from './read-answer.ts';

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
}

/** What a look brought: evidence, or nothing because the credentials are bad, or because it was called off. */
export type Finding =
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'aborted' };

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
    if (refusalOf(reading) !== undefined) access.set(chimeBearer, question, false);
    else if (reading.kind !== 'trouble') access.set(chimeBearer, question, true);
    return reading;
  };

  const needsWitness = known.misses > 0 && known.misses + 1 >= ports.confirmations;
  if (access.may(chimeBearer, 'message') && (needsWitness || !access.may(chimeBearer, 'status'))) {
    const reading = await ask('message');
    if (refusalOf(reading) === undefined) return conclude(reading, 'message', askedAt, ports);
  }
  const reading = await ask('status');
  const refusal = refusalOf(reading);
  if (refusal !== undefined) {
    const second = asked.has('message') ? reading : await ask('message');
    if (refusalOf(second) === undefined) return conclude(second, 'message', askedAt, ports);
    return evidence({ kind: 'forbidden', at: Date.now(), error: refusal.error });
  }
  if (reading.kind === 'empty' && !asked.has('message')) {
    // Also where that was refused before: nothing else can tell, and a permission may have been given since.
    const second = await ask('message');
    if (refusalOf(second) === undefined) return conclude(second, 'message', askedAt, ports);
  }
  return conclude(reading, access.may(chimeBearer, 'message') ? 'status' : 'status-alone', askedAt, ports);
}

function conclude(reading: Reading, witness: Missing['witness'], askedAt: number, ports: LookPorts): Finding {
  const at = Date.now();
  const tookMs = Math.max(0, steadyNow() - askedAt);
  switch (reading.kind) {
    case 'said':
      return evidence({ kind: 'said', source: 'status', at, tookMs, status: reading.status, detail: reading.detail });
    case 'said-otherwise':
      ports.onUnknownWord(reading.word);
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
