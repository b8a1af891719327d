// Websocket messages, mutated in every way: nothing is parsed out of them that they do not contain.

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { digestOf } from '../../src/shared/digest.ts';
import { parsePushEvent, type PushMessage } from '../../src/push/parse-event.ts';
import { expectEqual } from '../support/expect-equal.ts';
import { cases, Tally } from './fuzz.ts';
import { wordsIn } from './push-oracle.ts';
import { pushMessage } from './push-stories.ts';

describe('a websocket message of any shape', () => {
  it.each(cases())('is parsed for its content without a throw, %s', (_name, parameters) => {
    const tally = new Tally(parameters);
    fc.assert(
      fc.property(pushMessage, (shape) => {
        const message = shape.make();
        const event = parsePushEvent(message as PushMessage);
        const statuses = event.kind === 'statuses' ? event.statuses : [];
        const read = statuses.map(({ message: { contentDigest, eventDigest, ...key }, status, source }) => {
          return { ...key, status, source, contentDigest, dated: eventDigest !== undefined };
        });
        const words = wordsIn(message);
        expectEqual(
          read,
          words.map(({ content, dated, ...word }) => {
            return { ...word, contentDigest: content === undefined ? undefined : digestOf(content), dated };
          }),
        );
        tally.count(event.kind);
        for (const { status } of words) tally.count(status);
      }),
      parameters,
    );
    expect(tally.rarerThan(200, 'statuses', 'malformed', 'other', 'established', 'SENT', 'FAILED', 'DENIED')).toEqual(
      [],
    );
  });
});
