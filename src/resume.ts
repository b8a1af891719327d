/**
 * Takes up what an earlier life, or another tab, has left: a delivery that the service has is asked for ahead of every poll,
 * one that was not answered is sent again. What is tracked already is not doubled: what the record knows is told to it.
 */
import type { Subject } from 'rxjs';
import type { Entry } from './core/entry.ts';
import { ContentNotKeptError } from './core/errors.ts';
import type { Change, Ledger, Report } from './core/ledger.ts';
import { isTerminal } from './core/message.ts';
import { clockOffset, steadyNow, steadyTimeOf } from './core/time.ts';
import type { Poller } from './poll/poller.ts';
import { readOutgoing, type Outgoing, type SendInput } from './send/outgoing-message.ts';
import type { Sender } from './send/sender.ts';
import type { Archive } from './store/archive.ts';
import type { Found } from './store/reading.ts';
import type { Facts } from './tabs/message.ts';

export interface ResumePorts {
  readonly archive: Archive | undefined;
  readonly isClosed: () => boolean;
  readonly ledger: Ledger;
  readonly sender: Sender;
  readonly poller: Poller;
  readonly added$: Subject<Change>;
  readonly told$: Subject<Report>;
}

/** Takes up what was found. Says whether that makes a delivery that was not tracked before. */
export function resume(found: Found, ports: ResumePorts): boolean {
  // A listener may close the tracker at the news of another one.
  return !ports.isClosed() && takeUp(found, ports);
}

/**
 * Takes up what a tab that ended has left. What was handed over whole is taken as it is; of the rest the store knows more,
 * where there is one.
 */
export async function inherit(facts: readonly Facts[], ports: ResumePorts): Promise<void> {
  const found = facts.map((each) => ({ ...each, keys: [], place: 0 }));
  for (const each of found) if (each.input !== undefined) resume(each, ports);
  await ports.archive?.readAgain();
  for (const each of found) if (each.input === undefined) resume(each, ports);
}

function takeUp(found: Found, ports: ResumePorts): boolean {
  const { archive, ledger, poller, added$ } = ports;
  const known = ports.ledger.findAgain(found);
  if (known !== undefined) {
    archive?.adopt(known, found);
    meet(known, found, ports);
    return false;
  }
  if (archive?.refuses(found) === true) return false;
  const { token, messageId, channelArn, chimeBearer, subChannelId, provable, update, contentDigest } = found;
  // An edit that 0.1.0 has kept has the id of its message, which is the message's own.
  const id = update && found.id === messageId ? undefined : found.id;
  const change = ledger.add({
    id,
    token,
    messageId,
    channelArn,
    chimeBearer,
    subChannelId,
    // An event may have come while the record waited for its turn.
    provable: provable && !ledger.isDeleted(channelArn),
    update,
    contentDigest,
    at: steadyNow(),
    clockOffset: clockOffset(),
    trackedAt: steadyTimeOf(found.trackedAt),
    sentAt: steadyTimeOf(found.sentAt),
  });
  const { entry } = change;
  archive?.adopt(entry, found);
  // It was deleted before it was taken up.
  if (provable && !entry.known.provable) archive?.removed(entry);
  added$.next(change);
  // A listener may have forgotten it, or closed the tracker, at the news of it; and the outcome may have been heard early.
  if (ports.isClosed() || !ledger.has(entry) || isTerminal(entry.known.status)) return true;
  if (entry.known.status === 'PENDING') poller.due(entry, 'reconcile');
  else sendOn(entry, found, ports);
  return true;
}

/** The app has tracked or sent the same before its record was read. */
function meet(entry: Entry, { messageId, trackedAt, sentAt, held }: Found, ports: ResumePorts): void {
  const { archive, sender, told$ } = ports;
  const { status } = entry.known;
  if (isTerminal(status)) archive?.erase(entry);
  else if (status !== 'SENDING') return;
  else if (messageId === undefined) sender.meet(entry, steadyTimeOf(trackedAt), held);
  else {
    sender.drop(entry);
    told$.next({ entry, evidence: { kind: 'accepted', at: steadyTimeOf(sentAt), messageId } });
  }
}

function sendOn(entry: Entry, { input, held }: Found, { sender, told$ }: ResumePorts): void {
  const outgoing = readInput(entry, input);
  if (outgoing !== undefined) sender.resume(entry, outgoing, held);
  // Without the content it cannot be sent again, and only what never left is known not to have arrived.
  else if (held)
    told$.next({ entry, evidence: { kind: 'rejected', at: steadyNow(), error: new ContentNotKeptError() } });
  else told$.next({ entry, evidence: { kind: 'lost', at: steadyNow() } });
}

/** The input, where it is kept, whole, and of this delivery. */
function readInput({ known }: Entry, input: unknown): Outgoing | undefined {
  try {
    const outgoing = readOutgoing(input as SendInput, known.chimeBearer);
    const { ChannelArn, ChimeBearer, ClientRequestToken } = outgoing;
    const own =
      ChannelArn === known.channelArn && ChimeBearer === known.chimeBearer && ClientRequestToken === known.token;
    return own ? outgoing : undefined;
  } catch {
    return undefined;
  }
}
