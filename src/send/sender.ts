/**
 * Sends messages: one request token per logical message, the same input and token on every try, until the service has
 * answered for good or the message is too old to be sent again. Within a try, short retries are the road's; what an
 * answer means is `read-send-answer.ts`.
 */
import { SendChannelMessageCommand, type SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import { Subject, type Observable } from 'rxjs';
import { reasonOf } from '../core/abort.ts';
import type { Entry } from '../core/entry.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Report } from '../core/ledger.ts';
import type { Road } from '../core/ports.ts';
import type { Schedule } from '../core/schedule.ts';
import { readSendAnswer } from './read-send-answer.ts';
import { retryDelay } from './resend.ts';

export interface SenderPorts {
  readonly schedule: Schedule;
  readonly road: Road;
  /** How long a send whose answer never came is sent again with the same token; milliseconds. */
  readonly resendWindowMs: number;
  readonly random: () => number;
  readonly onForbidden: (chimeBearer: string, error: unknown) => void;
}

/** One message on its way to the service. */
interface Sending {
  readonly input: SendChannelMessageCommandInput;
  readonly abort: AbortController;
  readonly unlisten: () => void;
  underWay: boolean;
  /** A request has left that was not refused: the service may have the message although no answer came. */
  mayHaveArrived: boolean;
  /** The last trouble, for an end without an answer. */
  error: unknown;
}

export class Sender {
  readonly #ports: SenderPorts;
  readonly #reports = new Subject<Report>();
  readonly reports$: Observable<Report> = this.#reports;
  readonly #sendings = new Map<Entry, Sending>();

  constructor(ports: SenderPorts) {
    this.#ports = ports;
  }

  /** Sends `input`, which carries the token, for `entry`. The signal calls it off while it is not answered. */
  send(entry: Entry, input: SendChannelMessageCommandInput, signal: AbortSignal | undefined): void {
    const onAbort = (): void => this.#callOff(entry, signal && reasonOf(signal));
    const sending: Sending = {
      input,
      abort: new AbortController(),
      unlisten: () => signal?.removeEventListener('abort', onAbort),
      underWay: false,
      mayHaveArrived: false,
      error: undefined,
    };
    this.#sendings.set(entry, sending);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    else void this.#try(entry, sending);
  }

  /** What was planned for a message that is not answered yet is due: another try, or the end of trying. */
  due(entry: Entry): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    if (Date.now() >= this.#endOf(entry)) this.#giveUp(entry, sending);
    else if (!sending.underWay) void this.#try(entry, sending);
  }

  /** Tries again, soon, whatever waits for its next try. */
  hurry(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    const now = Date.now();
    for (const [entry, { underWay }] of this.#sendings) {
      if (underWay || (chimeBearer !== undefined && entry.known.chimeBearer !== chimeBearer)) continue;
      this.#ports.schedule.bringForward(entry, now + afterMs + this.#ports.random() * withinMs);
    }
  }

  /** The message was answered, forgotten, or given up. */
  drop(entry: Entry): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    this.#sendings.delete(entry);
    sending.unlisten();
    sending.abort.abort();
  }

  close(reason: Error): void {
    for (const { abort, unlisten } of this.#sendings.values()) {
      unlisten();
      abort.abort(reason);
    }
    this.#sendings.clear();
    this.#reports.complete();
  }

  async #try(entry: Entry, sending: Sending): Promise<void> {
    const { schedule, road, onForbidden } = this.#ports;
    const { chimeBearer } = entry.known;
    let earlier = sending.mayHaveArrived;
    sending.underWay = true;
    schedule.set(entry, this.#endOf(entry));
    const answer = await road.run({
      kind: 'send',
      chimeBearer,
      priority: 'send',
      signal: sending.abort.signal,
      command: () => new SendChannelMessageCommand(sending.input),
      onAttempt: () => {
        earlier = sending.mayHaveArrived;
        sending.mayHaveArrived = true;
      },
      onTrouble: ({ kind }) => {
        if (kind !== 'road') sending.mayHaveArrived = earlier;
      },
    });
    if (this.#sendings.get(entry) !== sending) return;
    sending.underWay = false;
    const reading = readSendAnswer(answer, { at: Date.now(), mayHaveArrived: sending.mayHaveArrived });
    switch (reading.kind) {
      case 'evidence':
        if (!answer.ok && answer.trouble.kind === 'forbidden') onForbidden(chimeBearer, answer.trouble.error);
        // Said to the first request of this message, PENDING is news; to a repeated token it may be the old answer.
        if (!earlier && isPending(reading.evidence)) entry.pendingAt = reading.evidence.at;
        return this.#report(entry, reading.evidence);
      case 'suspended':
        // The budget gives no leave until the credentials work again.
        sending.error = reading.error;
        return void this.#try(entry, sending);
      case 'again': {
        sending.error = reading.error;
        const at = Date.now() + retryDelay(entry.tries, this.#ports.random());
        entry.tries += 1;
        return schedule.set(entry, Math.min(at, this.#endOf(entry)));
      }
      case 'aborted':
    }
  }

  #callOff(entry: Entry, reason: unknown): void {
    const sending = this.#sendings.get(entry);
    if (sending === undefined) return;
    sending.error = reason;
    if (sending.mayHaveArrived) this.#giveUp(entry, sending);
    else this.#report(entry, { kind: 'rejected', at: Date.now(), error: reason });
  }

  #giveUp(entry: Entry, { error }: Sending): void {
    this.#report(entry, { kind: 'lost', at: Date.now(), error });
  }

  #endOf(entry: Entry): number {
    return entry.known.trackedAt + this.#ports.resendWindowMs;
  }

  #report(entry: Entry, evidence: Evidence): void {
    this.drop(entry);
    this.#reports.next({ entry, evidence });
  }
}

function isPending(evidence: Evidence): boolean {
  return evidence.kind === 'accepted' && evidence.status === 'PENDING';
}
