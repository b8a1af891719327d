// A whole tracker, in fake time, with a client that returns and throws anything: each delivery ends once, with what the
// service has said about it, or UNKNOWN when its time is up.

import { describe, expect, it, jest } from '@jest/globals';
import { createDeliveryTracker, type Delivery, type DeliveryState, type MessagingClient } from 'chime-delivery';
import * as fc from 'fast-check';
import { alice, channel } from '../support/delivery-record.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { randomOf } from '../support/seeds.ts';
import { cases, Tally } from './fuzz.ts';
import { isReadable, isText, peek } from './peek.ts';
import { proofOfError, proofOfField, proofOfMessage, proofOfPage, proofOfStatus, type Proof } from './rest-oracle.ts';
import { messageOutput, pageOutput, sendOutput, statusOutput, thrown } from './rest-stories.ts';
import { settle, useSteppedTime } from './stepped-time.ts';
import type { Shape } from './strange.ts';

const DELIVERIES = 25;
/** For one world; about 600 are usual. */
const MAX_TIMERS = 20_000;
const GIVE_UP_MS = 3_000;
const RESEND_MS = 2_000;
const options = {
  chimeBearer: alice,
  rateLimit: { requestsPerSecond: 1e5, burst: 1e5, maxConcurrent: 1_000 },
  polling: { firstDelayMs: 100, maxDelayMs: 1_000, giveUpAfterMs: GIVE_UP_MS },
  missing: { confirmations: 2, confirmDelayMs: 200, minAgeMs: 200, unseenMs: 400 },
  retry: { retries: 1, minTimeoutMs: 10, maxTimeoutMs: 20 },
  send: { resendWindowMs: RESEND_MS, expireMs: RESEND_MS },
  requestTimeoutMs: 500,
};

type Operation = 'send' | 'status' | 'message' | 'list';
interface Reply {
  readonly how: 'answers' | 'throws' | 'hangs';
  readonly output: Shape;
  readonly error: Shape;
}
/** The fate of one message: how it is sent or tracked, and the result of each request about it, in order. */
interface Script {
  readonly sent: boolean;
  readonly missingMeansDenied: boolean;
  /** What the service knows about it when the replies are used up. */
  readonly truth: 'PENDING' | 'SENT' | 'gone';
  readonly replies: Readonly<Record<Exclude<Operation, 'list'>, readonly Reply[]>>;
}

const how = fc.constantFrom<Reply['how'][]>('answers', 'answers', 'answers', 'throws', 'throws', 'hangs');
function replies(output: fc.Arbitrary<Shape>): fc.Arbitrary<Reply[]> {
  return fc.array(fc.record({ how, output, error: thrown }), { minLength: 1, maxLength: 3 });
}
const idOf = (index: number): string => `m${index}`;
const script = (index: number): fc.Arbitrary<Script> =>
  fc.record({
    sent: fc.constantFrom(true, false, false),
    missingMeansDenied: fc.constantFrom(true, true, true, false),
    truth: fc.constantFrom('PENDING', 'SENT', 'gone'),
    replies: fc.record({
      send: replies(sendOutput(idOf(index))),
      status: replies(statusOutput),
      message: replies(messageOutput(idOf(index))),
    }),
  });
const scripts = fc.tuple(...Array.from({ length: DELIVERIES }, (_, index) => script(index)));
const pages = replies(pageOutput(Array.from({ length: DELIVERIES }, (_, index) => idOf(index))));

interface World {
  readonly scripts: readonly Script[];
  readonly pages: readonly Reply[];
  readonly batch: boolean;
  readonly seed: number;
}
/** Too large to print: the report is about one delivery, and the path makes the same world again. */
const world: fc.Arbitrary<World> = fc
  .record({ scripts, pages, batch: fc.constantFrom(true, true, false), seed: fc.nat() })
  .map((one) => Object.assign(one, { [fc.toStringMethod]: () => `${DELIVERIES} deliveries` }));

interface Heard {
  readonly operation: Operation;
  readonly proof: Proof;
  /** Nothing in it throws. */
  readonly readable: boolean;
}

/** The client, and what it has returned about each message. */
class ScriptedClient implements MessagingClient {
  readonly events: Heard[][];
  readonly #scripts: readonly Script[];
  readonly #next: { [O in Operation]?: number }[];
  readonly #pages: Reply[];
  readonly delivery: (Delivery | undefined)[] = [];

  constructor(scripts: readonly Script[], pages: readonly Reply[]) {
    this.#scripts = scripts;
    this.#pages = [...pages];
    this.events = scripts.map(() => []);
    this.#next = scripts.map(() => ({}));
  }

  async send(command: object, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<unknown> {
    const operation = operationOf(command);
    const { ChannelArn, MessageId } = (command as { input: Record<string, string> }).input;
    const index = Number(/\d+$/.exec(ChannelArn === channel ? (MessageId ?? '') : (ChannelArn ?? ''))?.[0]);
    const reply = this.#reply(operation, index);
    if (reply?.how === 'hangs') return new Promise(() => undefined);
    await Promise.resolve();
    const { how, make } = reply === undefined ? this.#truth(operation, index) : replyOf(reply);
    const throws = how === 'throws';
    const value = make();
    const readable = isReadable(value);
    const note = (one: number, messageId: string): void => {
      if (abortSignal?.aborted === true || isOver(this.delivery[one])) return;
      const proof = throws ? proofOfError(value) : proofOf(operation, messageId, value);
      // Absence from a page proves nothing.
      if (operation !== 'list' || isWord(proof)) this.events[one]?.push({ operation, proof, readable });
    };
    if (operation === 'list') this.events.forEach((_, one) => note(one, idOf(one)));
    else note(index, MessageId ?? '');
    if (throws) throw value;
    return value;
  }

  #truth(operation: Operation, index: number): { how: Reply['how']; make: () => unknown } {
    const truth = this.#scripts[index]?.truth;
    if (truth === 'gone' && operation === 'message') return { how: 'throws', make: () => notFound };
    const Status = truth === 'gone' ? undefined : { Value: truth };
    return { how: 'answers', make: () => ({ Status, ChannelMessage: { Status }, $metadata }) };
  }

  #reply(operation: Operation, index: number): Reply | undefined {
    if (operation === 'list') return this.#pages.shift();
    const next = this.#next[index];
    const nth = next?.[operation] ?? 0;
    if (next !== undefined) next[operation] = nth + 1;
    return this.#scripts[index]?.replies[operation][nth];
  }
}

function replyOf({ how, output, error }: Reply): { how: Reply['how']; make: () => unknown } {
  return { how, make: how === 'throws' ? error.make : output.make };
}

const $metadata = { httpStatusCode: 200, requestId: 'r-1' };
const notFound = { name: 'NotFoundException', $metadata: { ...$metadata, httpStatusCode: 404 } };

function operationOf({ constructor: { name } }: object): Operation {
  if (name === 'SendChannelMessageCommand') return 'send';
  if (name === 'GetChannelMessageStatusCommand') return 'status';
  return name === 'GetChannelMessageCommand' ? 'message' : 'list';
}

function proofOf(operation: Operation, messageId: string, output: unknown): Proof {
  if (operation === 'status') return proofOfStatus(output);
  if (operation === 'message') return proofOfMessage(messageId, output);
  if (operation === 'list') return proofOfPage(messageId, output);
  // Without an id, the service does not have the message.
  return isText(peek(output, 'MessageId')) ? proofOfField(peek(output, 'Status')) : 'blank';
}

function isOver(delivery: Delivery | undefined): boolean {
  const status = delivery?.state.status;
  return delivery !== undefined && status !== 'SENDING' && status !== 'PENDING';
}

function isWord(proof: Proof | undefined): boolean {
  return proof === 'PENDING' || isOutcome(proof);
}

function isOutcome(proof: Proof | undefined): boolean {
  return proof === 'SENT' || proof === 'FAILED' || proof === 'DENIED';
}

/** The error in an end, judged by the responses before it. */
function lie(state: DeliveryState, { sent, missingMeansDenied }: Script, events: readonly Heard[]): string | undefined {
  const asked = events.filter(({ operation }) => operation !== 'list');
  const last = asked.at(-1);
  // A page does not decide about a message that is being polled singly.
  const word = asked.find(({ proof, readable }) => readable && isOutcome(proof))?.proof;
  const lasted = 'settledAt' in state ? state.settledAt - state.trackedAt : 0;
  const count = (...proofs: Proof[]): number => events.filter(({ proof }) => proofs.includes(proof)).length;
  if (state.status === 'SENDING' || state.status === 'PENDING') return 'it has no end';
  if (state.status === 'UNKNOWN') {
    if (word !== undefined) return `the service has said ${word}`;
    if (state.reason === 'deadline') return lasted >= GIVE_UP_MS ? undefined : 'its time is not up';
    if (state.reason === 'invalid') return count('invalid') > 0 ? undefined : 'nobody called it invalid';
    // Refusals of a few seconds may be a mistake.
    if (state.reason === 'forbidden') return 'it was too soon';
    if (sent && lasted >= RESEND_MS) return undefined;
    if (sent && asked.every(({ operation }) => operation === 'send'))
      return last?.proof === 'unreachable' ? 'it can be sent again' : undefined;
    return !missingMeansDenied && count('missing') >= 2 ? undefined : 'its truth can be had';
  }
  if (state.evidence === 'rejected') {
    const { operation, proof } = last ?? {};
    if ((state.error as { code?: unknown } | undefined)?.code === 'SEND_EXPIRED') {
      return lasted >= RESEND_MS && state.messageId === undefined ? undefined : 'it was not too late';
    }
    const isRefusal = proof === 'invalid' || proof === 'forbidden' || proof === 'refused' || proof === 'missing';
    return operation === 'send' && isRefusal ? undefined : 'the send was not refused';
  }
  if (state.evidence === 'missing') {
    if (!missingMeansDenied) return 'of such a message missing says nothing';
    const isWitnessed = last?.proof === 'missing' && last.operation === 'message';
    return isWitnessed && count('missing') >= 2 ? undefined : 'it was not missing twice';
  }
  if (state.evidence === 'list') {
    const isListed = events.some(({ operation, proof }) => operation === 'list' && proof === state.status);
    return isListed ? undefined : 'no page has said so';
  }
  if (word !== undefined && word !== state.status) return `the first word was ${word}`;
  return last?.proof === state.status ? undefined : `the last word was ${last?.proof ?? 'none'}`;
}

useSteppedTime();

describe('a tracker with any responses and errors', () => {
  it.each(cases(DELIVERIES))(
    'ends each delivery once, with the outcome that was proved, %s',
    async (_name, parameters) => {
      const unhandled: unknown[] = [];
      const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', onUnhandled);
      const tally = new Tally(parameters);
      await fc.assert(
        fc.asyncProperty(world, async ({ scripts, pages, batch, seed }) => {
          jest.spyOn(Math, 'random').mockImplementation(randomOf(seed));
          const client = new ScriptedClient(scripts, pages);
          const tracker = createDeliveryTracker({ ...options, polling: { ...options.polling, batch }, client });
          const settled: string[] = [];
          tracker.on('settled', ({ id }) => settled.push(id));
          const deliveries = scripts.map(({ sent, missingMeansDenied }, index) => {
            const Persistence = missingMeansDenied ? 'PERSISTENT' : 'NON_PERSISTENT';
            const delivery = sent
              ? tracker.send({ ChannelArn: `${channel}-${index}`, Content: 'hello', Type: 'STANDARD', Persistence })
              : tracker.track({ channelArn: channel, messageId: idOf(index), persistence: Persistence });
            client.delivery[index] = delivery;
            return delivery;
          });
          const end = Date.now() + 2 * GIVE_UP_MS;
          await settle();
          let timers = 0;
          while (tracker.stats.pending > 0 && Date.now() < end && timers < MAX_TIMERS) {
            timers += 1;
            jest.advanceTimersToNextTimer();
            await settle();
          }
          // A timer that sets itself again without a delay would stop the clock, and the app's thread.
          expect(timers).toBeLessThan(MAX_TIMERS);
          scripts.forEach((script, index) => {
            const { state } = deliveries[index] ?? {};
            const events = client.events[index] ?? [];
            const wrong = state && lie(state, script, events);
            expectEqual(wrong && { index, wrong, state, events, script: fc.stringify(script) }, undefined);
            if (state !== undefined)
              tally.count(
                [state.status, 'evidence' in state ? state.evidence : '', 'reason' in state ? state.reason : '']
                  .filter(Boolean)
                  .join(' '),
              );
          });
          expectEqual(settled.toSorted(), deliveries.map(({ id }) => id).toSorted());
          await tracker.close();
          // The limiter may have just set a timer of 0 ms.
          jest.advanceTimersByTime(1);
          await settle();
          expectEqual([unhandled, jest.getTimerCount()], [[], 0]);
        }),
        // Smaller worlds would show no more, and take long to find.
        { ...parameters, endOnFailure: true },
      );
      process.off('unhandledRejection', onUnhandled);
      expect(tally.rarerThan(1, 'SENT status', 'FAILED status', 'DENIED status', 'DENIED missing')).toEqual([]);
      expect(tally.rarerThan(40, 'SENT list', 'UNKNOWN invalid', 'FAILED rejected')).toEqual([]);
    },
  );
});
