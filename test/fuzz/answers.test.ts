// The service's responses, mutated in every way: read, polled and sent for. An outcome comes only from a response that
// contains one.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { monotonicNow } from '../../src/shared/time.ts';
import type { ServiceResult, ServiceRequest } from '../../src/core/ports/http.ts';
import { classifyError } from '../../src/http/classify-error.ts';
import { Permissions } from '../../src/poll/permissions.ts';
import { queryStatus } from '../../src/poll/query-status.ts';
import { parseStatusResponse, type StatusResponse } from '../../src/poll/parse-status-response.ts';
import { parseSendResponse } from '../../src/send/parse-send-response.ts';
import { pending } from '../support/delivery-record.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { cases, Tally } from './fuzz.ts';
import { isReadable, isText, peek } from './peek.ts';
import { proofOfError, proofOfMessage, proofOfStatus, type Proof } from './rest-oracle.ts';
import { messageOutput, sendOutput, statusOutput, thrown } from './rest-stories.ts';

const now = Date.UTC(2026, 0, 1);

/** The claim of a parsed response, in the oracle's terms. */
function claim(response: StatusResponse): Proof {
  switch (response.kind) {
    case 'status':
      return response.status;
    case 'unknown-status':
      return 'PENDING';
    case 'present':
      return 'stored';
    case 'missing':
      return 'missing';
    case 'empty':
      return 'blank';
    case 'failure':
      return 'unreachable';
  }
}

describe('a response of any shape', () => {
  it.each(cases())('is parsed for its content without a throw, %s', (_name, parameters) => {
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
        const claimed = claim(parseStatusResponse(kind, 'm1', { ok: true, output }));
        tally.count(claimed);
        // An unreadable response is a network failure, whatever else it contains.
        if (claimed !== 'unreachable') expectEqual(claimed, proof(output));
      }),
      parameters,
    );
    const all: Proof[] = ['PENDING', 'SENT', 'FAILED', 'DENIED', 'stored', 'missing', 'blank', 'unreachable'];
    expect(tally.rarerThan(200, ...all)).toEqual([]);
  });
});

describe('a response of any shape to a send', () => {
  it.each(cases())(
    'is a message only if it has an id, and an outcome only if it has a status, %s',
    (_name, parameters) => {
      const tally = new Tally(parameters);
      fc.assert(
        fc.property(sendOutput('m1'), thrown, fc.boolean(), fc.boolean(), (answered, refused, ok, mayHaveArrived) => {
          const value = (ok ? answered : refused).make();
          const result: ServiceResult = ok ? { ok, output: value } : { ok, failure: classifyError(value, now) };
          const response = parseSendResponse(result, { at: now, mayHaveArrived });
          const said = response.kind === 'evidence' ? response.evidence : undefined;
          tally.count(said?.kind ?? response.kind);
          if (said?.kind === 'accepted') {
            const word = peek(peek(value, 'Status'), 'Value');
            const known = ['PENDING', 'SENT', 'FAILED', 'DENIED'].find((one) => one === word);
            expectEqual([ok, said.messageId, said.status], [true, peek(value, 'MessageId'), known]);
          } else if (said !== undefined) {
            expectEqual(
              [ok, ['rejected', 'unconfirmed'].includes(said.kind), proofOfError(value) === 'unreachable'],
              [false, true, false],
            );
            // A refusal is final only if no earlier attempt can have made the message, or the content itself is
            // invalid.
            if (said.kind === 'rejected' && mayHaveArrived) expectEqual(proofOfError(value), 'invalid');
          } else if (ok && response.kind === 'retry' && isReadable(value)) {
            expectEqual(isText(peek(value, 'MessageId')), false);
          }
        }),
        parameters,
      );
      expect(tally.rarerThan(100, 'accepted', 'rejected', 'unconfirmed', 'retry', 'credentials')).toEqual([]);
    },
  );
});

/** What a poll may conclude from its last response, and from the refused operations. */
function mayConclude(
  proofs: readonly (readonly [question: string, proof: Proof])[],
  forGood: ReadonlySet<string>,
): [string, string | undefined][] {
  const [question, proof] = proofs.at(-1) ?? ['none', 'unreachable'];
  switch (proof) {
    case 'PENDING':
    case 'SENT':
    case 'FAILED':
    case 'DENIED':
      return [['status', proof]];
    case 'stored':
      return [['present', undefined]];
    case 'missing':
      return question === 'message'
        ? [['missing', 'message']]
        : [
            // The confirmation counts as forbidden only if it has been refused for a minute, and was refused now.
            ['missing', forGood.has('message') ? 'status-only' : 'status'],
          ];
    case 'invalid':
      return [['invalid', undefined]];
    case 'forbidden':
      // Both have to be refused, in this poll and for a minute before.
      return forGood.size === 2 &&
        new Set(proofs.filter(([, one]) => one === 'forbidden').map(([asked]) => asked)).size === 2
        ? [['forbidden', undefined]]
        : [];
    case 'blank':
    case 'refused':
    case 'unreachable':
      return [];
  }
}

describe('a poll with any response', () => {
  it.each(cases())(
    'makes at most two requests, and accepts what the last response proves, %s',
    async (_name, parameters) => {
      const tally = new Tally(parameters);
      const outcome = fc.record({
        throws: fc.boolean(),
        status: statusOutput,
        message: messageOutput('m1'),
        error: thrown,
      });
      const sinceMs = fc.constantFrom(undefined, undefined, 30_000, 60_000);
      const refused = fc.record({ status: sinceMs, message: sinceMs });
      const situation = fc.record({ missingCount: fc.nat(3), confirmations: fc.integer({ min: 1, max: 3 }), refused });
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(outcome, outcome, outcome),
          situation,
          async (outcomes, { missingCount, confirmations, refused }) => {
            const access = new Permissions();
            const forGood = new Set<string>();
            for (const one of ['status', 'message'] as const) {
              const sinceMs = refused[one];
              if (sinceMs === undefined) continue;
              for (const ago of [sinceMs, 0]) access.recordRefused(pending(), one, monotonicNow() - ago);
              if (sinceMs >= 60_000) forGood.add(one);
            }
            const proofs: [string, Proof][] = [];
            let unreadable = false;
            const run = (request: ServiceRequest): Promise<ServiceResult> => {
              const { kind } = request;
              request.command();
              const next = outcomes[proofs.length];
              if (next === undefined || kind === 'send') throw new Error('asked too often');
              if (next.throws) {
                const error = next.error.make();
                const failure = classifyError(error, now);
                // The classification of errors is fuzzed separately; a poll must be right about its result.
                const ends = { 'not-found': 'missing', invalid: 'invalid', forbidden: 'forbidden' } as Record<
                  string,
                  Proof
                >;
                proofs.push([kind, ends[failure.kind] ?? 'unreachable']);
                return Promise.resolve({ ok: false, failure });
              }
              const output = next[kind === 'status' ? 'status' : 'message'].make();
              unreadable ||=
                parseStatusResponse(kind === 'status' ? 'status' : 'message', 'm1', { ok: true, output }).kind ===
                'failure';
              proofs.push([kind, kind === 'status' ? proofOfStatus(output) : proofOfMessage('m1', output)]);
              return Promise.resolve({ ok: true, output });
            };
            const words: unknown[] = [];
            const result = await queryStatus(
              {
                record: pending({ missingCount }),
                priority: 'poll',
                permit: { release: () => undefined, refund: () => undefined },
                signal: new AbortController().signal,
                onRequest: () => undefined,
              },
              {
                http: { execute: run, acquire: () => Promise.reject(new Error('it has its permit')) },
                access,
                confirmations,
                onUnknownStatus: (word) => words.push(word),
              },
            );
            const { evidence } = result.kind === 'evidence' ? result : {};
            tally.count(evidence?.kind ?? `no evidence: ${result.kind}`);
            expectEqual(proofs.length <= 2, true);
            if (evidence === undefined || evidence.kind === 'no-response') return;
            const more =
              evidence.kind === 'status' ? evidence.status : evidence.kind === 'missing' ? evidence.source : undefined;
            // An unreadable response is a network failure, whatever else it contains.
            if (unreadable) return;
            const allowed = mayConclude(proofs, forGood).filter(
              ([kind, what]) => kind === evidence.kind && what === more,
            );
            expectEqual([proofs, evidence.kind, more], [proofs, ...(allowed[0] ?? ['nothing'])]);
          },
        ),
        parameters,
      );
      const all = ['status', 'present', 'missing', 'no-response', 'invalid', 'no evidence: suspended'];
      expect(tally.rarerThan(500, ...all)).toEqual([]);
      expect(tally.rarerThan(2_500, 'no evidence: forbidden')).toEqual([]);
      expect(tally.rarerThan(10_000, 'forbidden')).toEqual([]);
    },
  );
});
