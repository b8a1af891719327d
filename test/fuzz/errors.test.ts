// Anything that a client can throw: its class, and that it is final only if the service has said so.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { classifyError } from '../../src/http/classify-error.ts';
import type { FailureKind } from '../../src/core/ports/http.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { cases, Tally } from './fuzz.ts';
import { isReadable } from './peek.ts';
import { proofOfError, type Proof } from './rest-oracle.ts';
import { thrown } from './rest-stories.ts';

/** The kinds that end a delivery, and the marks they require in the error; the other kinds never end one. */
const ends: Partial<Record<FailureKind, Proof>> = {
  'not-found': 'missing',
  invalid: 'invalid',
  forbidden: 'forbidden',
  conflict: 'refused',
  'client-error': 'refused',
};
const now = Date.UTC(2026, 0, 1);

describe('an error of any shape', () => {
  it.each(cases())('is classified by what it contains, and no more, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    fc.assert(
      fc.property(thrown, fc.boolean(), (shape, stayed) => {
        const error = shape.make();
        const failure = classifyError(error, now, stayed ? 'client' : undefined);
        const { kind, retryAfterMs = 0 } = failure;
        const proof = ends[kind];
        tally.count(kind);
        expectEqual(Object.is(failure.error, error), true);
        if (proof !== undefined) expectEqual([kind, stayed, proofOfError(error)], [kind, false, proof]);
        if (kind === 'unreachable' && !stayed && isReadable(error)) expectEqual(proofOfError(error), 'unreachable');
        expectEqual(retryAfterMs >= 0 && retryAfterMs <= 60_000, true);
      }),
      parameters,
    );
    const all = [...Object.keys(ends), 'unreachable', 'credentials', 'clock-skew', 'throttled'];
    expect(tally.rarerThan(200, ...all)).toEqual([]);
  });
});
