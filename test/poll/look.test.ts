// One look as a story: what was asked for, in order, and what it came to. Answers are scripted per question.

import { describe, expect, it } from '@jest/globals';
import { GetChannelMessageCommand, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { Known } from '../../src/core/known.ts';
import type { Answer, Errand, Road } from '../../src/core/ports.ts';
import type { TroubleKind } from '../../src/core/trouble.ts';
import { Access } from '../../src/poll/access.ts';
import { look, type LookOrder } from '../../src/poll/look.ts';
import { alice, channel, otherChannel, pending } from '../support/known.ts';
import type { Shown } from '../../src/poll/read-edit.ts';
import { ok } from '../support/sdk-errors.ts';

const permit = { release: (): void => undefined, refund: (): void => undefined };
const no = (kind: TroubleKind): Answer => ({ ok: false, trouble: { kind, error: `${kind} error` } });
const yes = (output: unknown): Answer => ({ ok: true, output });

const answers = {
  sent: yes(ok({ Status: { Value: 'SENT' } })),
  word: yes(ok({ Status: { Value: 'ARCHIVED' } })),
  nothing: yes(ok()),
  empty: yes({}),
  found: yes(ok({ ChannelMessage: { MessageId: 'm1' } })),
  denied: yes(ok({ ChannelMessage: { MessageId: 'm1', Status: { Value: 'DENIED' } } })),
  gone: no('not-found'),
  refused: no('forbidden'),
  outage: no('road'),
};
type Script = Partial<Record<'status' | 'message', keyof typeof answers | TroubleKind>>;

/** Looks at a message of which this is known; the questions, and what was found. */
async function lookAt(
  script: Script,
  known: Partial<Known> = {},
  access = new Access(),
  confirmations = 2,
  readEdit?: LookOrder['readEdit'],
) {
  const asked: string[] = [];
  const errands: Errand[] = [];
  const words: unknown[] = [];
  const road: Road = {
    acquire: () => Promise.reject(new Error('a look brings its own leave')),
    run: (errand) => {
      asked.push(errand.kind);
      errands.push(errand);
      errand.onAttempt?.();
      const answer = script[errand.kind as 'status' | 'message'] ?? 'outage';
      return Promise.resolve(answer in answers ? answers[answer as keyof typeof answers] : no(answer as TroubleKind));
    },
  };
  const requests: string[] = [];
  const signal = new AbortController().signal;
  const finding = await look(
    { known: pending(known), priority: 'poll', permit, signal, onRequest: () => requests.push('request'), readEdit },
    { road, access, confirmations, onUnknownWord: (word) => words.push(word) },
  );
  const found = finding.kind === 'evidence' ? finding.evidence : undefined;
  const detail = found?.kind === 'missing' ? ` by ${found.witness}` : found?.kind === 'said' ? ` ${found.status}` : '';
  return {
    asked,
    errands,
    words,
    requests,
    found,
    story: `${asked.join(', ')}: ${found?.kind ?? finding.kind}${detail}`,
  };
}

/** Where this way of asking has been refused for long enough to be the policy's word. */
function refusedForGood(...ways: ('status' | 'message')[]): Access {
  const access = new Access();
  for (const way of ways) for (const ago of [60_000, 0]) access.refused(here, way, performance.now() - ago);
  return access;
}
const here = { chimeBearer: alice, channelArn: channel };

const missedOnce = { misses: 1, missedAt: 1 };

describe('a look', () => {
  it.each<[Script, string]>([
    [{ status: 'sent' }, 'status: said SENT'],
    [{ status: 'word' }, 'status: said PENDING'],
    [{ status: 'nothing' }, 'status: missing by status'],
    [{ status: 'gone' }, 'status: missing by status'],
    [{ status: 'outage' }, 'status: unanswered'],
    [{ status: 'throttled' }, 'status: unanswered'],
    [{ status: 'conflict' }, 'status: unanswered'],
    [{ status: 'refused' }, 'status, message: unanswered'],
    [{ status: 'invalid' }, 'status: invalid'],
    [{ status: 'credentials' }, 'status: suspended'],
    [{ status: 'skew' }, 'status: suspended'],
    [{ status: 'aborted' }, 'status: aborted'],
  ])('of which nothing is known yet asks for the status: %p comes to %s', async (script, story) => {
    expect((await lookAt(script)).story).toBe(story);
  });

  it.each<[Script, string]>([
    [{ message: 'gone' }, 'message: missing by message'],
    [{ message: 'found' }, 'message: present'],
    [{ message: 'denied' }, 'message: said DENIED'],
    [{ message: 'empty' }, 'message: unanswered'],
    [{ message: 'outage' }, 'message: unanswered'],
    [{ message: 'credentials' }, 'message: suspended'],
    [{ message: 'invalid' }, 'message: invalid'],
    [{ message: 'refused', status: 'nothing' }, 'message, status: missing by status'],
    [{ message: 'refused', status: 'sent' }, 'message, status: said SENT'],
    [{ message: 'refused', status: 'refused' }, 'message, status: refused'],
  ])('that would confirm a miss asks the second witness: %p comes to %s', async (script, story) => {
    expect((await lookAt(script, missedOnce)).story).toBe(story);
  });

  it.each<[Script, string]>([
    [{ status: 'empty', message: 'gone' }, 'status, message: missing by message'],
    [{ status: 'empty', message: 'found' }, 'status, message: present'],
    [{ status: 'empty', message: 'empty' }, 'status, message: unanswered'],
    [{ status: 'empty', message: 'outage' }, 'status, message: unanswered'],
    [{ status: 'empty', message: 'refused' }, 'status, message: unanswered'],
  ])(
    'that is answered by nobody in particular believes only the second witness: %p comes to %s',
    async (script, story) => {
      expect((await lookAt(script)).story).toBe(story);
    },
  );

  it('that would confirm a miss asks the status alone where the second witness has been refused for a minute', async () => {
    const { story } = await lookAt({ status: 'nothing' }, missedOnce, refusedForGood('message'));
    expect(story).toBe('status: missing by status-alone');
  });

  it('is content with the first miss where one confirmation is asked for', async () => {
    const { story } = await lookAt({ status: 'nothing' }, {}, new Access(), 1);
    expect(story).toBe('status: missing by status');
  });

  it('asks the witness only for the last of three confirmations', async () => {
    const stories = await Promise.all(
      [0, 1, 2].map((misses) => lookAt({ status: 'nothing', message: 'gone' }, { misses }, new Access(), 3)),
    );
    expect(stories.map(({ asked }) => asked)).toEqual([['status'], ['status'], ['message']]);
  });

  it('uses the leave that it was given once, and tells of each request', async () => {
    const { errands, requests } = await lookAt({ status: 'empty', message: 'gone' });
    expect(errands.map((errand) => errand.permit)).toEqual([permit, undefined]);
    expect(requests).toHaveLength(2);
  });

  it('asks with the right command for the right message, a new one each time', async () => {
    const { errands } = await lookAt({ status: 'empty', message: 'gone' }, { subChannelId: 's1' });
    const [status, message] = errands.map((errand) => errand.command());
    expect([status, message]).toEqual([
      expect.any(GetChannelMessageStatusCommand),
      expect.any(GetChannelMessageCommand),
    ]);
    const input = { ChannelArn: channel, MessageId: 'm1', ChimeBearer: alice, SubChannelId: 's1' };
    expect([status, message]).toMatchObject([{ input }, { input }]);
    expect(errands[0]?.command()).not.toBe(status);
  });

  it('tells of a word that it does not know', async () => {
    expect((await lookAt({ status: 'word' })).words).toEqual(['ARCHIVED']);
  });
});

describe('a bearer who may not ask for the status', () => {
  it('asks for the message from then on', async () => {
    const access = new Access();
    const first = await lookAt({ status: 'refused', message: 'found' }, {}, access);
    const second = await lookAt({ message: 'denied' }, {}, access);
    expect([first.story, second.story]).toEqual(['status, message: present', 'message: said DENIED']);
  });

  it('nor for the message learns no more by it, and both are asked again for the next delivery', async () => {
    const access = new Access();
    const first = await lookAt({ status: 'refused', message: 'refused' }, {}, access);
    expect(first.story).toBe('status, message: refused');
    expect((await lookAt({ status: 'sent' }, {}, access)).story).toBe('status: said SENT');
  });

  it('nor for the message is told so, with the error, once that has lasted for a minute', async () => {
    const refused = refusedForGood('status', 'message');
    const { story, found } = await lookAt({ status: 'refused', message: 'refused' }, {}, refused);
    expect([story, found]).toEqual([
      'status, message: forbidden',
      expect.objectContaining({ error: 'forbidden error' }),
    ]);
    const halfRefused = refusedForGood('status');
    expect((await lookAt({ status: 'refused', message: 'refused' }, {}, halfRefused)).story).toContain(': refused');
  });

  it('but later may, is asked again when the message may not be', async () => {
    const access = new Access();
    await lookAt({ status: 'refused', message: 'found' }, {}, access);
    expect((await lookAt({ status: 'sent', message: 'refused' }, {}, access)).story).toBe('message, status: said SENT');
    expect(access.may(here, 'status', performance.now())).toBe(true);
  });

  it('in one channel may in another', async () => {
    const access = new Access();
    await lookAt({ status: 'refused', message: 'found' }, {}, access);
    expect((await lookAt({ status: 'sent' }, { channelArn: otherChannel }, access)).story).toBe('status: said SENT');
  });
});

describe('a look at an edit', () => {
  const edit = { update: true, provable: false };
  const reads: Shown[] = [];
  const readEdit: LookOrder['readEdit'] = (shown) => {
    reads.push(shown);
    return { shows: 'old', status: shown.status, ambiguous: false };
  };

  it.each<[Script, string, string | undefined]>([
    [{ message: 'denied' }, 'message: edit-read', 'DENIED'],
    [{ message: 'found' }, 'message: edit-read', undefined],
    [{ message: 'gone' }, 'message: missing by message', undefined],
    [{ message: 'empty' }, 'message: unanswered', undefined],
    [{ message: 'outage' }, 'message: unanswered', undefined],
  ])('reads the message, and never asks for the status: %p comes to %s', async (script, story, status) => {
    reads.length = 0;
    const read = await lookAt(script, edit, new Access(), 2, readEdit);
    expect([read.story, reads.map((shown) => shown.status)]).toEqual([
      story,
      story.endsWith('edit-read') ? [status] : [],
    ]);
  });

  it('of a bearer who may not read the message proves nothing by the status', async () => {
    reads.length = 0;
    const read = await lookAt({ message: 'refused', status: 'sent' }, edit, new Access(), 2, readEdit);
    expect([read.story, reads]).toEqual(['message, status: said SENT', []]);
  });
});
