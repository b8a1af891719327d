/**
 * Sends messages: one request token per logical message, the same input and token on every try, until the service has
 * answered for good or the message is too old to be sent again. Within a try, short retries are the road's; what an
 * answer means is `read-send-answer.ts`; who waits for whom, `queues.ts`; what outlives the process, the outbox's.
 */
import { SendChannelMessageCommand, type SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import { Subject, type Observable } from 'rxjs';
import { reasonOf } from '../core/abort.ts';
import type { Entry } from '../core/entry.ts';
import { SendExpiredError } from '../core/errors.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Report } from '../core/ledger.ts';
import type { Outbox, Permit, Road } from '../core/ports.ts';
import type { Schedule } from '../core/schedule.ts';
import { steadyNow } from '../core/time.ts';
import { isOffline, neverLeft } from './never-left.ts';
import { Queues } from './queues.ts';
import { readSendAnswer } from './read-send-answer.ts';
import { retryDelay } from './resend.ts';

export interface SendRules {
  /** How long a send whose answer never came is sent again with the same token; milliseconds. */
  readonly resendWindowMs: number;
  /** How long a send may wait to leave at all; milliseconds. */
  readonly expireMs: number;
}

export interface SenderPorts {
  readonly schedule: Schedule;
  readonly road: Road;
  readonly rules: SendRules;
  readonly outbox: Outbox | undefined;
  readonly random: () => number;
  readonly onForbidden: (chimeBearer: string, error: unknown) => void;
}

/** One message on its way to the service. */
interface Sending {
  readonly input: SendChannelMessageCommandInput;
  readonly abort: AbortController;
  readonly unlisten: () => void;
  /** `waiting`: it is not its turn yet. `resting`: until the next try. */
  stage: 'waiting' | 'under-way' | 'resting';
  /** Since when the service may have the message although no answer came; undefined while that cannot be. */
  leftAt: number | undefined;
  /** The outbox says that nothing of it has left. */
  held: boolean;
  /** The last trouble, for an end without an answer. */
  error: unknown;
}

/** After so many tries in vain, what has certainly not left is marked as such in the outbox: it may take long. */
const HOLD_AFTER_TRIES = 2;

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
    this.#add(entry, input, unlisten);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) return onAbort();
    const { outbox, schedule } = this.#ports;
    if (outbox === undefined) return this.#begin(entry);
    schedule.set(entry, this.#endOf(entry));
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
    sending.held = held;
    if (!held) sending.leftAt = entry.known.trackedAt;
    if (steadyNow() >= this.#endOf(entry)) return this.#giveUp(entry, sending);
    this.#ports.schedule.set(entry, this.#endOf(entry));
    this.#queues.enter(entry);
  }

  /** What nobody has answered so far, and whether it is certain that nothing of it has left. */
  unanswered(): { readonly id: string; readonly input: object; readonly held: boolean }[] {
    return [...this.#sendings].map(([entry, { input, leftAt }]) => ({
      id: entry.known.id,
      input,
      held: leftAt === undefined,
    }));
  }

  /** An earlier life has begun to send the same, at `at`: the service may have it since then, unless that is `held`. */
  meet(entry: Entry, at: number, held: boolean): void {
    const { outbox, schedule } = this.#ports;
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    if (!held) {
      sending.leftAt = Math.min(at, sending.leftAt ?? at);
      schedule.bringForward(entry, this.#endOf(entry));
    } else if (sending.stage === 'waiting') {
      // The mark is there, and has to go before this leaves.
      sending.held = true;
    } else void outbox?.release(entry);
  }

  /** What was planned for a message that is not answered yet is due: another try, or the end of trying. */
  due(entry: Entry): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    if (steadyNow() >= this.#endOf(entry)) this.#giveUp(entry, sending);
    else if (sending.stage === 'resting') void this.#try(entry, sending);
    // Its end has moved since it was planned.
    else this.#ports.schedule.set(entry, this.#endOf(entry));
  }

  /** Tries again, soon, whatever waits for its next try: those of one channel in their order. */
  hurry(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    const now = steadyNow();
    const latest = new Map<string, number>();
    for (const [entry, { stage }] of this.#sendings) {
      const { channelArn, chimeBearer: own } = entry.known;
      if (stage !== 'resting' || (chimeBearer !== undefined && own !== chimeBearer)) continue;
      const at = latest.get(channelArn) ?? now + afterMs + this.#ports.random() * withinMs;
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

  close(reason: Error): void {
    this.#queues.clear();
    for (const { abort, unlisten } of this.#sendings.values()) {
      unlisten();
      abort.abort(reason);
    }
    this.#sendings.clear();
    this.#reports.complete();
  }

  #add(entry: Entry, input: SendChannelMessageCommandInput, unlisten: () => void): Sending {
    const abort = new AbortController();
    const sending: Sending = {
      input,
      abort,
      unlisten,
      stage: 'waiting',
      leftAt: undefined,
      held: false,
      error: undefined,
    };
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
    const { signal } = sending.abort;
    let earlier = sending.leftAt;
    let offline = false;
    sending.stage = 'under-way';
    schedule.set(entry, this.#endOf(entry));
    const permit = sending.held ? await this.#release(entry, sending) : undefined;
    if (this.#sendings.get(entry) !== sending) return permit?.refund();
    const answer = await road.run({
      kind: 'send',
      chimeBearer,
      priority: 'send',
      signal,
      permit,
      command: () => new SendChannelMessageCommand(sending.input),
      onAttempt: () => {
        // The timer of its end may be late: a machine that slept wakes up in the middle of a retry.
        if (steadyNow() >= this.#endOf(entry)) return this.#giveUp(entry, sending);
        earlier = sending.leftAt;
        offline = isOffline();
        sending.leftAt ??= steadyNow();
        schedule.set(entry, this.#endOf(entry));
      },
      onTrouble: (trouble) => {
        if (trouble.kind !== 'road' || neverLeft(trouble, offline && isOffline())) sending.leftAt = earlier;
        schedule.set(entry, this.#endOf(entry));
        // Whoever comes after it does not wait for what may take long.
        this.#queues.leave(entry);
      },
    });
    if (this.#sendings.get(entry) !== sending) return;
    const mayHaveArrived = sending.leftAt !== undefined;
    const reading = readSendAnswer(answer, { at: steadyNow(), mayHaveArrived });
    switch (reading.kind) {
      case 'evidence':
        if (!answer.ok && answer.trouble.kind === 'forbidden') onForbidden(chimeBearer, answer.trouble.error);
        // Said to the first request of this message, PENDING is news; to a repeated token it may be the old answer.
        if (earlier === undefined && isPending(reading.evidence)) entry.pendingAt = reading.evidence.at;
        return this.#report(entry, reading.evidence);
      case 'suspended':
        // The budget gives no leave until the credentials work again.
        sending.error = reading.error;
        if (!mayHaveArrived) this.#hold(entry, sending);
        return void this.#try(entry, sending);
      case 'again': {
        sending.error = reading.error;
        sending.stage = 'resting';
        this.#queues.leave(entry);
        const at = steadyNow() + retryDelay(entry.tries, this.#ports.random());
        entry.tries += 1;
        if (!mayHaveArrived && entry.tries >= HOLD_AFTER_TRIES) this.#hold(entry, sending);
        return schedule.set(entry, Math.min(at, this.#endOf(entry)));
      }
      case 'aborted':
    }
  }

  #hold(entry: Entry, sending: Sending): void {
    const { outbox } = this.#ports;
    if (outbox === undefined) return;
    sending.held = true;
    outbox.hold(entry);
  }

  /** Takes leave before the mark is taken away: while it waits for that, nothing has left. */
  async #release(entry: Entry, sending: Sending): Promise<Permit | undefined> {
    const { road, outbox } = this.#ports;
    try {
      const permit = await road.acquire(entry.known.chimeBearer, 'send', sending.abort.signal);
      sending.held = false;
      await outbox?.release(entry);
      return permit;
    } catch {
      // The only way in which leave is not given: this was called off, or we are closing.
      return undefined;
    }
  }

  #callOff(entry: Entry, reason: unknown): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    sending.error = reason;
    if (sending.leftAt === undefined) this.#report(entry, { kind: 'rejected', at: steadyNow(), error: reason });
    else this.#report(entry, { kind: 'lost', at: steadyNow(), error: reason });
  }

  #giveUp(entry: Entry, { error, leftAt }: Sending): void {
    const at = steadyNow();
    if (leftAt !== undefined) return this.#report(entry, { kind: 'lost', at, error });
    this.#report(entry, { kind: 'rejected', at, error: new SendExpiredError(this.#ports.rules.expireMs, error) });
  }

  /** Until when it is tried: as long as it may be late, and as its token is sure to be remembered. */
  #endOf(entry: Entry): number {
    const { resendWindowMs, expireMs } = this.#ports.rules;
    const leftAt = this.#sendings.get(entry)?.leftAt ?? Infinity;
    return Math.min(entry.known.trackedAt + expireMs, leftAt + resendWindowMs);
  }

  #report(entry: Entry, evidence: Evidence): void {
    this.drop(entry);
    this.#reports.next({ entry, evidence });
  }
}

function isPending(evidence: Evidence): boolean {
  return evidence.kind === 'accepted' && evidence.status === 'PENDING';
}
