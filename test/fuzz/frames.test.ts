// What the websocket delivers, bent in every way: nothing that is read out of it was not in it.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { digestOf } from '../../src/core/digest.ts';
import { readFrame, type PushMessage } from '../../src/link/frame.ts';
import { same } from '../support/same.ts';
import { cases, Tally } from './fuzz.ts';
import { wordsIn } from './push-oracle.ts';
import { pushMessage } from './push-stories.ts';

describe('a websocket message of any shape', () => {
  it.each(cases())('says what stands in it, and is never thrown at anybody, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    fc.assert(
      fc.property(pushMessage, (shape) => {
        const message = shape.make();
        const frame = readFrame(message as PushMessage);
        const heard = frame.kind === 'statuses' ? frame.heard : [];
        const read = heard.map(({ message: { contentDigest, eventDigest, ...key }, status, source }) => {
          return { ...key, status, source, contentDigest, dated: eventDigest !== undefined };
        });
        const words = wordsIn(message);
        same(
          read,
          words.map(({ content, dated, ...word }) => {
            return { ...word, contentDigest: content === undefined ? undefined : digestOf(content), dated };
          }),
        );
        tally.count(frame.kind);
        for (const { status } of words) tally.count(status);
      }),
      parameters,
    );
    expect(tally.rarerThan(200, 'statuses', 'malformed', 'other', 'established', 'SENT', 'FAILED', 'DENIED')).toEqual(
      [],
    );
  });
});
