// The service's answers, bent in every way: read, looked at and sent for. No outcome comes out that was not in one.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { steadyNow } from '../../src/core/time.ts';
import type { Answer, Errand } from '../../src/core/ports.ts';
import { toTrouble } from '../../src/core/trouble.ts';
import { Access } from '../../src/poll/access.ts';
import { look } from '../../src/poll/look.ts';
import { readAnswer, type Reading } from '../../src/poll/read-answer.ts';
import { readSendAnswer } from '../../src/send/read-send-answer.ts';
import { pending } from '../support/known.ts';
import { same } from '../support/same.ts';
import { cases, Tally } from './fuzz.ts';
import { isReadable, isText, peek } from './peek.ts';
import { proofOfError, proofOfMessage, proofOfStatus, type Proof } from './rest-oracle.ts';
import { messageOutput, sendOutput, statusOutput, thrown } from './rest-stories.ts';

const now = Date.UTC(2026, 0, 1);

/** What a reading claims, in the oracle's words. */
function claim(reading: Reading): Proof {
  switch (reading.kind) {
    case 'said':
      return reading.status;
    case 'said-otherwise':
      return 'PENDING';
    case 'present':
      return 'stored';
    case 'missing':
      return 'missing';
    case 'empty':
      return 'blank';
    case 'trouble':
      return 'road';
  }
}

describe('an answer of any shape', () => {
  it.each(cases())('says what stands in it, and is never thrown at anybody, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    const question = fc.oneof(
      statusOutput.map((shape) => ({ kind: 'status', shape, proof: proofOfStatus }) as const),
      messageOutput('m1').map(
        (shape) => ({ kind: 'message', shape, proof: (output: unknown) => proofOfMessage('m1', output) }) as const,
      ),
    );
    fc.assert(
      fc.property(question, ({ kind, shape, proof }) => {
        const output = shape.make();
        const claimed = claim(readAnswer(kind, 'm1', { ok: true, output }));
        tally.count(claimed);
        // What cannot be read is on the road, whatever else stands in it.
        if (claimed !== 'road') same(claimed, proof(output));
      }),
      parameters,
    );
    const all: Proof[] = ['PENDING', 'SENT', 'FAILED', 'DENIED', 'stored', 'missing', 'blank', 'road'];
    expect(tally.rarerThan(200, ...all)).toEqual([]);
  });
});

describe('an answer of any shape to a send', () => {
  it.each(cases())(
    'makes a message of it only if it has an id, and an outcome only if it has a word, %s',
    (_name, parameters) => {
      const tally = new Tally(parameters);
      fc.assert(
        fc.property(sendOutput('m1'), thrown, fc.boolean(), fc.boolean(), (answered, refused, ok, mayHaveArrived) => {
          const value = (ok ? answered : refused).make();
          const answer: Answer = ok ? { ok, output: value } : { ok, trouble: toTrouble(value, now) };
          const reading = readSendAnswer(answer, { at: now, mayHaveArrived });
          const said = reading.kind === 'evidence' ? reading.evidence : undefined;
          tally.count(said?.kind ?? reading.kind);
          if (said?.kind === 'accepted') {
            const word = peek(peek(value, 'Status'), 'Value');
            const known = ['PENDING', 'SENT', 'FAILED', 'DENIED'].find((one) => one === word);
            same([ok, said.messageId, said.status], [true, peek(value, 'MessageId'), known]);
          } else if (said !== undefined) {
            same([ok, ['rejected', 'lost'].includes(said.kind), proofOfError(value) === 'road'], [false, true, false]);
            // A refusal is the end only where no earlier try can have made the message, or the words themselves are bad.
            if (said.kind === 'rejected' && mayHaveArrived) same(proofOfError(value), 'invalid');
          } else if (ok && reading.kind === 'again' && isReadable(value)) {
            same(isText(peek(value, 'MessageId')), false);
          }
        }),
        parameters,
      );
      expect(tally.rarerThan(100, 'accepted', 'rejected', 'lost', 'again', 'suspended')).toEqual([]);
    },
  );
});

/** What a look may conclude from the last answer that it got, and from who may not be asked. */
function mayConclude(
  proofs: readonly (readonly [question: string, proof: Proof])[],
  forGood: ReadonlySet<string>,
): [string, string | undefined][] {
  const [question, proof] = proofs.at(-1) ?? ['none', 'road'];
  switch (proof) {
    case 'PENDING':
    case 'SENT':
    case 'FAILED':
    case 'DENIED':
      return [['said', proof]];
    case 'stored':
      return [['present', undefined]];
    case 'missing':
      return question === 'message'
        ? [['missing', 'message']]
        : [
            // The second witness counts as not permitted only where it has been refused for a minute, and was not permitted now.
            ['missing', forGood.has('message') ? 'status-alone' : 'status'],
          ];
    case 'invalid':
      return [['invalid', undefined]];
    case 'forbidden':
      // Both have to be refused, in this look and for a minute before.
      return forGood.size === 2 &&
        new Set(proofs.filter(([, one]) => one === 'forbidden').map(([asked]) => asked)).size === 2
        ? [['forbidden', undefined]]
        : [];
    case 'blank':
    case 'refused':
    case 'road':
      return [];
  }
}

describe('a look, whatever it is answered,', () => {
  it.each(cases())('asks at most twice, and concludes what the last answer proves, %s', async (_name, parameters) => {
    const tally = new Tally(parameters);
    const outcome = fc.record({
      throws: fc.boolean(),
      status: statusOutput,
      message: messageOutput('m1'),
      error: thrown,
    });
    const sinceMs = fc.constantFrom(undefined, undefined, 30_000, 60_000);
    const refused = fc.record({ status: sinceMs, message: sinceMs });
    const situation = fc.record({ misses: fc.nat(3), confirmations: fc.integer({ min: 1, max: 3 }), refused });
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(outcome, outcome, outcome),
        situation,
        async (outcomes, { misses, confirmations, refused }) => {
          const access = new Access();
          const forGood = new Set<string>();
          for (const one of ['status', 'message'] as const) {
            const sinceMs = refused[one];
            if (sinceMs === undefined) continue;
            for (const ago of [sinceMs, 0]) access.refused(pending(), one, steadyNow() - ago);
            if (sinceMs >= 60_000) forGood.add(one);
          }
          const proofs: [string, Proof][] = [];
          let unreadable = false;
          const run = (errand: Errand): Promise<Answer> => {
            const { kind } = errand;
            errand.command();
            const next = outcomes[proofs.length];
            if (next === undefined || kind === 'send') throw new Error('asked too often');
            if (next.throws) {
              const error = next.error.make();
              const trouble = toTrouble(error, now);
              // What the road makes of errors is fuzzed by itself; a look has to be right about what it is told.
              const ends = { 'not-found': 'missing', invalid: 'invalid', forbidden: 'forbidden' } as Record<
                string,
                Proof
              >;
              proofs.push([kind, ends[trouble.kind] ?? 'road']);
              return Promise.resolve({ ok: false, trouble });
            }
            const output = next[kind === 'status' ? 'status' : 'message'].make();
            unreadable ||=
              readAnswer(kind === 'status' ? 'status' : 'message', 'm1', { ok: true, output }).kind === 'trouble';
            proofs.push([kind, kind === 'status' ? proofOfStatus(output) : proofOfMessage('m1', output)]);
            return Promise.resolve({ ok: true, output });
          };
          const words: unknown[] = [];
          const finding = await look(
            {
              known: pending({ misses }),
              priority: 'poll',
              permit: { release: () => undefined, refund: () => undefined },
              signal: new AbortController().signal,
              onRequest: () => undefined,
            },
            {
              road: { run, acquire: () => Promise.reject(new Error('it has its permit')) },
              access,
              confirmations,
              onUnknownWord: (word) => words.push(word),
            },
          );
          const { evidence } = finding.kind === 'evidence' ? finding : {};
          tally.count(evidence?.kind ?? finding.kind);
          same(proofs.length <= 2, true);
          if (evidence === undefined || evidence.kind === 'unanswered') return;
          const more =
            evidence.kind === 'said' ? evidence.status : evidence.kind === 'missing' ? evidence.witness : undefined;
          // What cannot be read is on the road, whatever else stands in it.
          if (unreadable) return;
          const allowed = mayConclude(proofs, forGood).filter(
            ([kind, what]) => kind === evidence.kind && what === more,
          );
          same([proofs, evidence.kind, more], [proofs, ...(allowed[0] ?? ['nothing'])]);
        },
      ),
      parameters,
    );
    const all = ['said', 'present', 'missing', 'unanswered', 'invalid', 'suspended'];
    expect(tally.rarerThan(500, ...all)).toEqual([]);
    expect(tally.rarerThan(2_500, 'refused')).toEqual([]);
    expect(tally.rarerThan(10_000, 'forbidden')).toEqual([]);
  });
});
