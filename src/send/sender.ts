/**
 * Sends messages: one request token per logical message, the same input and token on every try, until the service has
 * answered for good or the message is too old to be sent again. Within a try, short retries are the road's; what an
 * answer means is `read-send-answer.ts`; who waits for whom, `queues.ts`; what outlives the process, the outbox's.
 */
import { SendChannelMessageCommand, type SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import { Subject, type Observable } from 'rxjs';
import { reasonOf } from '../core/abort.ts';
import type { Entry } from '../core/entry.ts';
import { SendExpiredError, StoreError } from '../core/errors.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Report } from '../core/ledger.ts';
import type { Outbox, Road } from '../core/ports.ts';
import type { Schedule } from '../core/schedule.ts';
import { steadyNow } from '../core/time.ts';
import type { Trouble, TroubleKind } from '../core/trouble.ts';
import { neverArrived } from './never-left.ts';
import { Queues } from './queues.ts';
import { readSendAnswer } from './read-send-answer.ts';
import { conflictDelay, retryDelay } from './resend.ts';
import { endOf, mayHaveLeft, newSending, type Sending, type SendRules } from './sending.ts';

export type { SendRules };

export interface SenderPorts {
  readonly schedule: Schedule;
  readonly road: Road;
  readonly rules: SendRules;
  readonly outbox: Outbox | undefined;
  readonly random: () => number;
  readonly onForbidden: (chimeBearer: string, error: unknown) => void;
}

/** What has not left for so long, in milliseconds, is marked as such in the outbox: it may take long. */
const HOLD_AFTER_MS = 5_000;

/** Troubles after which it waits, and is tried again. */
const WAITS: ReadonlySet<TroubleKind> = new Set(['road', 'throttled', 'credentials', 'skew']);

const now = steadyNow;

export class Sender {
  readonly #ports: SenderPorts;
  readonly #reports = new Subject<Report>();
  readonly reports$: Observable<Report> = this.#reports;
  readonly #sendings = new Map<Entry, Sending>();
  readonly #queues: Queues;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
    this.#queues = new Queues((entry) => this.#begin(entry));
  }

  /**
   * Sends `input`, which carries the token, for `entry`. The signal calls it off while it is not answered.
   *
   * @param isNew whether its token was minted just now
   */
  send(entry: Entry, input: SendChannelMessageCommandInput, signal: AbortSignal | undefined, isNew = true): void {
    const onAbort = (): void => this.#callOff(entry, signal && reasonOf(signal));
    const unlisten = (): void => signal?.removeEventListener('abort', onAbort);
    const sending = this.#add(entry, input, unlisten);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) return onAbort();
    const { outbox } = this.#ports;
    if (outbox === undefined) return this.#begin(entry);
    this.#planEnd(entry, sending);
    this.#queues.come(entry);
    void outbox.keep(entry, input, isNew).then(() => this.#queues.ready(entry));
  }

  /**
   * Goes on with a send of an earlier life, after those of the same channel that were taken up before.
   *
   * @param held whether it is certain that nothing of it has left
   */
  resume(entry: Entry, input: SendChannelMessageCommandInput, held: boolean): void {
    const sending = this.#add(entry, input, () => undefined);
    sending.isHeld = held;
    if (!held) sending.leftAt = sending.since;
    if (now() >= this.#endOf(sending)) return this.#giveUp(entry, sending);
    this.#planEnd(entry, sending);
    this.#queues.enter(entry);
  }

  /** What nobody has answered so far, and whether it is certain that nothing of it has left. */
  unanswered(): { readonly id: string; readonly input: object; readonly held: boolean }[] {
    return [...this.#sendings].map(([entry, sending]) => ({
      id: entry.known.id,
      input: sending.input,
      held: !mayHaveLeft(sending),
    }));
  }

  /**
   * An earlier life has begun to send the same, at `at` by the monotonic clock: the service may have it since then, unless
   * that is `held`.
   */
  meet(entry: Entry, at: number, held: boolean): void {
    const { outbox, schedule } = this.#ports;
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    if (!held) {
      sending.leftAt = Math.min(at, sending.leftAt ?? Infinity);
      sending.leftBefore = Math.min(sending.leftAt, sending.leftBefore ?? Infinity);
      schedule.bringForward(entry, this.#endOf(sending));
      // The mark is there, and has to go: at once where this has left, before it leaves otherwise.
    } else if (sending.leftAt !== undefined) void outbox?.release(entry);
  }

  /** What was planned for a message that is not answered yet is due: another try, a mark, or the end of trying. */
  due(entry: Entry): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    if (now() >= this.#endOf(sending)) return this.#giveUp(entry, sending);
    if (sending.stage === 'resting') return void this.#try(entry, sending);
    this.#hold(entry, sending);
    this.#planEnd(entry, sending);
  }

  /** Tries again, soon, whatever waits for its next try: those of one channel in their order. */
  hurry(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    const from = now() + afterMs;
    const latest = new Map<string, number>();
    for (const [entry, { stage }] of this.#sendings) {
      const { channelArn, chimeBearer: own } = entry.known;
      if (stage !== 'resting' || (chimeBearer !== undefined && own !== chimeBearer)) continue;
      const at = latest.get(channelArn) ?? from + this.#ports.random() * withinMs;
      latest.set(channelArn, at + 1);
      this.#ports.schedule.bringForward(entry, at);
    }
  }

  /** The message was answered, forgotten, or given up. */
  drop(entry: Entry): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    this.#sendings.delete(entry);
    sending.unlisten();
    sending.abort.abort();
    this.#queues.leave(entry);
  }

  /** Nothing leaves any more; of what has not left, the outbox is told so. */
  close(reason: Error): void {
    this.#queues.clear();
    for (const [entry, sending] of this.#sendings) {
      this.#hold(entry, sending, true);
      sending.unlisten();
      sending.abort.abort(reason);
    }
    this.#sendings.clear();
    this.#reports.complete();
  }

  #add(entry: Entry, input: SendChannelMessageCommandInput, unlisten: () => void): Sending {
    const sending = newSending(input, entry.known.trackedAt, unlisten);
    this.#sendings.set(entry, sending);
    return sending;
  }

  /** It is its turn. */
  #begin(entry: Entry): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) this.#queues.leave(entry);
    else void this.#try(entry, sending);
  }

  async #try(entry: Entry, sending: Sending): Promise<void> {
    const { schedule, road, onForbidden } = this.#ports;
    const { chimeBearer } = entry.known;
    sending.stage = 'under-way';
    this.#planEnd(entry, sending);
    const answer = await road.run({
      kind: 'send',
      chimeBearer,
      priority: 'send',
      signal: sending.abort.signal,
      command: () => {
        sending.departures = 0;
        sending.leftBefore = sending.leftAt;
        return new SendChannelMessageCommand(sending.input);
      },
      prepare: () => this.#release(entry, sending),
      onAttempt: () => this.#leave(entry, sending),
      onTrouble: (trouble) => this.#failed(entry, sending, trouble),
    });
    if (this.#sendings.get(entry) !== sending) return;
    const isConflict = !answer.ok && answer.trouble.kind === 'conflict';
    const mayHaveArrived = isConflict ? sending.leftAt !== undefined : mayHaveLeft(sending);
    const reading = readSendAnswer(answer, { at: now(), mayHaveArrived, conflicts: sending.conflicts });
    switch (reading.kind) {
      case 'evidence':
        if (!answer.ok && answer.trouble.kind === 'forbidden') onForbidden(chimeBearer, answer.trouble.error);
        // Said to the first request of this message, PENDING is news; to a repeated token it may be the old answer.
        if (sending.leftBefore === undefined && isPending(reading.evidence)) entry.pendingAt = reading.evidence.at;
        return this.#report(entry, reading.evidence);
      case 'suspended':
        // The budget gives no leave until the credentials work again.
        sending.error = reading.error;
        return void this.#try(entry, sending);
      case 'again': {
        sending.error = reading.error;
        sending.stage = 'resting';
        this.#queues.leave(entry);
        const delay = isConflict ? conflictDelay(sending.conflicts) : retryDelay(entry.tries, this.#ports.random());
        entry.tries += 1;
        if (isConflict) sending.conflicts += 1;
        return schedule.set(entry, Math.min(now() + delay, this.#endOf(sending)));
      }
      case 'aborted':
    }
  }

  /** An attempt may leave: not while the outbox may say that nothing has. Until then, that is true. */
  #release(entry: Entry, sending: Sending): Promise<void> | undefined {
    const isFree = this.#ports.outbox?.release(entry) ?? true;
    sending.isHeld = false;
    if (isFree === true) return undefined;
    return isFree.then((isFreeNow) => {
      if (!isFreeNow) throw new StoreError('removeItem', new Error('It still says that a message has not left.'));
    });
  }

  #leave(entry: Entry, sending: Sending): void {
    // The timer of its end may be late: a machine that slept wakes up in the middle of a retry.
    if (now() >= this.#endOf(sending)) return this.#giveUp(entry, sending);
    sending.departures += 1;
    sending.leftAt ??= now();
    this.#planEnd(entry, sending);
  }

  #failed(entry: Entry, sending: Sending, trouble: Trouble): void {
    if (neverArrived(trouble, sending.departures)) sending.leftAt = sending.leftBefore;
    // A refusal is an end, or a conflict.
    if (WAITS.has(trouble.kind)) this.#hold(entry, sending);
    this.#planEnd(entry, sending);
    // Whoever comes after it does not wait for what may take long.
    this.#queues.leave(entry);
  }

  /** Marks it, if nothing of it has left. Of a token that is in use that is not certain. */
  #hold(entry: Entry, sending: Sending, isLast = false): void {
    if (sending.isHeld || mayHaveLeft(sending)) return;
    sending.isHeld = this.#ports.outbox?.hold(entry, isLast) ?? false;
  }

  #callOff(entry: Entry, reason: unknown): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    const kind = mayHaveLeft(sending) ? 'lost' : 'rejected';
    this.#report(entry, { kind, at: now(), error: reason });
  }

  #giveUp(entry: Entry, sending: Sending): void {
    const at = now();
    const { error } = sending;
    if (mayHaveLeft(sending)) return this.#report(entry, { kind: 'lost', at, error });
    this.#report(entry, { kind: 'rejected', at, error: new SendExpiredError(this.#ports.rules.expireMs, error) });
  }

  #endOf(sending: Sending): number {
    return endOf(sending, this.#ports.rules);
  }

  /** Plans its end, and before that the mark. */
  #planEnd(entry: Entry, sending: Sending): void {
    const { outbox, schedule } = this.#ports;
    const isToBeHeld = outbox !== undefined && sending.leftAt === undefined && !sending.isHeld;
    const end = this.#endOf(sending);
    schedule.set(entry, isToBeHeld ? Math.min(end, now() + HOLD_AFTER_MS) : end);
  }

  #report(entry: Entry, evidence: Evidence): void {
    this.drop(entry);
    this.#reports.next({ entry, evidence });
  }
}

function isPending(evidence: Evidence): boolean {
  return evidence.kind === 'accepted' && evidence.status === 'PENDING';
}
