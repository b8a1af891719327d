// One poll as a story: the requests, in order, and the result. Responses are scripted for each kind of request.

import { describe, expect, it } from '@jest/globals';
import { GetChannelMessageCommand, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import type { ServiceResult, ServiceRequest, HttpPort, FailureKind } from '../../src/core/ports/http.ts';
import { Permissions } from '../../src/poll/permissions.ts';
import { queryStatus, type StatusQuery } from '../../src/poll/query-status.ts';
import { alice, channel, otherChannel, pending } from '../support/delivery-record.ts';
import type { EditFields } from '../../src/core/edit-fields.ts';
import { ok } from '../support/sdk-errors.ts';

const permit = { release: (): void => undefined, refund: (): void => undefined };
const no = (kind: FailureKind): ServiceResult => ({ ok: false, failure: { kind, error: `${kind} error` } });
const yes = (output: unknown): ServiceResult => ({ ok: true, output });

const answers = {
  sent: yes(ok({ Status: { Value: 'SENT' } })),
  word: yes(ok({ Status: { Value: 'ARCHIVED' } })),
  nothing: yes(ok()),
  empty: yes({}),
  found: yes(ok({ ChannelMessage: { MessageId: 'm1' } })),
  denied: yes(ok({ ChannelMessage: { MessageId: 'm1', Status: { Value: 'DENIED' } } })),
  gone: no('not-found'),
  refused: no('forbidden'),
  outage: no('unreachable'),
};
type Script = Partial<Record<'status' | 'message', keyof typeof answers | FailureKind>>;

/** Polls a message with this record; returns the requests and the result. */
async function lookAt(
  script: Script,
  known: Partial<DeliveryRecord> = {},
  access = new Permissions(),
  confirmations = 2,
  readEdit?: StatusQuery['readEdit'],
) {
  const asked: string[] = [];
  const serviceRequests: ServiceRequest[] = [];
  const words: unknown[] = [];
  const http: HttpPort = {
    acquire: () => Promise.reject(new Error('a poll brings its own permit')),
    execute: (request) => {
      asked.push(request.kind);
      serviceRequests.push(request);
      request.onAttempt?.();
      const answer = script[request.kind as 'status' | 'message'] ?? 'outage';
      return Promise.resolve(answer in answers ? answers[answer as keyof typeof answers] : no(answer as FailureKind));
    },
  };
  const requests: string[] = [];
  const signal = new AbortController().signal;
  const result = await queryStatus(
    { record: pending(known), priority: 'poll', permit, signal, onRequest: () => requests.push('request'), readEdit },
    { http, access, confirmations, onUnknownStatus: (word) => words.push(word) },
  );
  const found = result.kind === 'evidence' ? result.evidence : undefined;
  const detail = found?.kind === 'missing' ? ` by ${found.source}` : found?.kind === 'status' ? ` ${found.status}` : '';
  return {
    asked,
    errands: serviceRequests,
    words,
    requests,
    found,
    story: `${asked.join(', ')}: ${found?.kind ?? result.kind}${detail}`,
  };
}

/** This request has been refused for long enough to be the policy's decision. */
function refusedForGood(...ways: ('status' | 'message')[]): Permissions {
  const access = new Permissions();
  for (const way of ways) for (const ago of [60_000, 0]) access.recordRefused(here, way, performance.now() - ago);
  return access;
}
const here = { chimeBearer: alice, channelArn: channel };

const missedOnce = { missingCount: 1, lastMissingAt: 1 };

describe('a poll', () => {
  it.each<[Script, string]>([
    [{ status: 'sent' }, 'status: status SENT'],
    [{ status: 'word' }, 'status: status PENDING'],
    [{ status: 'nothing' }, 'status: missing by status'],
    [{ status: 'gone' }, 'status: missing by status'],
    [{ status: 'outage' }, 'status: no-response'],
    [{ status: 'throttled' }, 'status: no-response'],
    [{ status: 'conflict' }, 'status: no-response'],
    [{ status: 'refused' }, 'status, message: no-response'],
    [{ status: 'invalid' }, 'status: invalid'],
    [{ status: 'credentials' }, 'status: suspended'],
    [{ status: 'clock-skew' }, 'status: suspended'],
    [{ status: 'aborted' }, 'status: aborted'],
  ])('of a delivery without a miss requests the status: %p becomes %s', async (script, story) => {
    expect((await lookAt(script)).story).toBe(story);
  });

  it.each<[Script, string]>([
    [{ message: 'gone' }, 'message: missing by message'],
    [{ message: 'found' }, 'message: present'],
    [{ message: 'denied' }, 'message: status DENIED'],
    [{ message: 'empty', status: 'sent' }, 'message, status: status SENT'],
    [{ message: 'empty', status: 'empty' }, 'message, status: no-response'],
    [{ message: 'outage', status: 'sent' }, 'message, status: status SENT'],
    [{ message: 'outage', status: 'nothing' }, 'message, status: missing by status'],
    [{ message: 'outage', status: 'outage' }, 'message, status: no-response'],
    [{ message: 'outage', status: 'refused' }, 'message, status: no-response'],
    [{ message: 'credentials' }, 'message: suspended'],
    [{ message: 'invalid' }, 'message: invalid'],
    [{ message: 'refused', status: 'nothing' }, 'message, status: missing by status'],
    [{ message: 'refused', status: 'sent' }, 'message, status: status SENT'],
    [{ message: 'refused', status: 'refused' }, 'message, status: forbidden'],
  ])('that would confirm a miss requests the confirmation: %p becomes %s', async (script, story) => {
    expect((await lookAt(script, missedOnce)).story).toBe(story);
  });

  it.each<[Script, string]>([
    [{ status: 'empty', message: 'gone' }, 'status, message: missing by message'],
    [{ status: 'empty', message: 'found' }, 'status, message: present'],
    [{ status: 'empty', message: 'empty' }, 'status, message: no-response'],
    [{ status: 'empty', message: 'outage' }, 'status, message: no-response'],
    [{ status: 'empty', message: 'refused' }, 'status, message: no-response'],
  ])('with an anonymous response believes only the confirmation: %p becomes %s', async (script, story) => {
    expect((await lookAt(script)).story).toBe(story);
  });

  it('that would confirm a miss requests the status alone if the confirmation has been refused for a minute', async () => {
    const { story } = await lookAt({ status: 'nothing' }, missedOnce, refusedForGood('message'));
    expect(story).toBe('status: missing by status-only');
  });

  it('accepts the first miss if one confirmation is required', async () => {
    const { story } = await lookAt({ status: 'nothing' }, {}, new Permissions(), 1);
    expect(story).toBe('status: missing by status');
  });

  it('requests the confirmation only for the last of three misses', async () => {
    const stories = await Promise.all(
      [0, 1, 2].map((missingCount) =>
        lookAt({ status: 'nothing', message: 'gone' }, { missingCount }, new Permissions(), 3),
      ),
    );
    expect(stories.map(({ asked }) => asked)).toEqual([['status'], ['status'], ['message']]);
  });

  it('uses its permit once, and reports each request', async () => {
    const { errands: serviceRequests, requests } = await lookAt({ status: 'empty', message: 'gone' });
    expect(serviceRequests.map((request) => request.permit)).toEqual([permit, undefined]);
    expect(requests).toHaveLength(2);
  });

  it('sends the right command for the right message, a new one each time', async () => {
    const { errands: requests } = await lookAt({ status: 'empty', message: 'gone' }, { subChannelId: 's1' });
    const [status, message] = requests.map((request) => request.command());
    expect([status, message]).toEqual([
      expect.any(GetChannelMessageStatusCommand),
      expect.any(GetChannelMessageCommand),
    ]);
    const input = { ChannelArn: channel, MessageId: 'm1', ChimeBearer: alice, SubChannelId: 's1' };
    expect([status, message]).toMatchObject([{ input }, { input }]);
    expect(requests[0]?.command()).not.toBe(status);
  });

  it('reports an unknown status', async () => {
    expect((await lookAt({ status: 'word' })).words).toEqual(['ARCHIVED']);
  });
});

describe('a bearer without permission for the status', () => {
  it('requests the message from then on', async () => {
    const access = new Permissions();
    const first = await lookAt({ status: 'refused', message: 'found' }, {}, access);
    const second = await lookAt({ message: 'denied' }, {}, access);
    expect([first.story, second.story]).toEqual(['status, message: present', 'message: status DENIED']);
  });

  it('and for the message learns nothing, and both are retried for the next delivery', async () => {
    const access = new Permissions();
    const first = await lookAt({ status: 'refused', message: 'refused' }, {}, access);
    expect(first.story).toBe('status, message: forbidden');
    expect((await lookAt({ status: 'sent' }, {}, access)).story).toBe('status: status SENT');
  });

  it('and for the message gets the refusal, with the error, after a minute', async () => {
    const refused = refusedForGood('status', 'message');
    const { story, found } = await lookAt({ status: 'refused', message: 'refused' }, {}, refused);
    expect([story, found]).toEqual([
      'status, message: forbidden',
      expect.objectContaining({ error: 'forbidden error' }),
    ]);
    const halfRefused = refusedForGood('status');
    expect((await lookAt({ status: 'refused', message: 'refused' }, {}, halfRefused)).story).toContain(': forbidden');
  });

  it('that gets it later is retried when the message is refused', async () => {
    const access = new Permissions();
    await lookAt({ status: 'refused', message: 'found' }, {}, access);
    expect((await lookAt({ status: 'sent', message: 'refused' }, {}, access)).story).toBe(
      'message, status: status SENT',
    );
    expect(access.allows(here, 'status', performance.now())).toBe(true);
  });

  it('in one channel may have it in another', async () => {
    const access = new Permissions();
    await lookAt({ status: 'refused', message: 'found' }, {}, access);
    expect((await lookAt({ status: 'sent' }, { channelArn: otherChannel }, access)).story).toBe('status: status SENT');
  });
});

describe('a poll of an edit', () => {
  const edit = { isEdit: true, missingMeansDenied: false };
  const reads: EditFields[] = [];
  const readEdit: StatusQuery['readEdit'] = (shown) => {
    reads.push(shown);
    return { shows: 'old', status: shown.status, ambiguous: false };
  };

  it.each<[Script, string, string | undefined]>([
    [{ message: 'denied' }, 'message: edit-read', 'DENIED'],
    [{ message: 'found' }, 'message: edit-read', undefined],
    [{ message: 'gone' }, 'message: missing by message', undefined],
    [{ message: 'empty' }, 'message: no-response', undefined],
    [{ message: 'outage' }, 'message: no-response', undefined],
  ])('reads the message, and never requests the status: %p becomes %s', async (script, story, status) => {
    reads.length = 0;
    const read = await lookAt(script, edit, new Permissions(), 2, readEdit);
    expect([read.story, reads.map((shown) => shown.status)]).toEqual([
      story,
      story.endsWith('edit-read') ? [status] : [],
    ]);
  });

  it('by a bearer who may not read the message proves nothing by the status', async () => {
    reads.length = 0;
    const read = await lookAt({ message: 'refused', status: 'sent' }, edit, new Permissions(), 2, readEdit);
    expect([read.story, reads]).toEqual(['message, status: status SENT', []]);
  });
});
