import { describe, expect, it } from '@jest/globals';
import { Counters } from '../../src/tracker/stats.ts';
import { pending, sending } from '../support/delivery-record.ts';

const none = {
  requests: { send: 0, status: 0, message: 0, list: 0 },
  polls: 0,
  throttles: 0,
  settled: { SENT: 0, FAILED: 0, DENIED: 0, UNKNOWN: 0 },
  evidence: { 'send-response': 0, websocket: 0, prefetch: 0, status: 0, list: 0, message: 0, missing: 0, rejected: 0 },
  suspended: false,
};
const now = { pending: 3, link: 'up' } as const;

describe('the counters', () => {
  it('start at zero', () => {
    expect(new Counters().read(now)).toEqual({ ...none, ...now });
  });

  it('count ends, by status and by source, and nothing that is still pending', () => {
    const counters = new Counters();
    for (const record of [
      sending(),
      pending(),
      pending({ status: 'SENT', evidence: 'websocket' }),
      pending({ status: 'SENT', evidence: 'status' }),
      pending({ status: 'FAILED', evidence: 'rejected' }),
      pending({ status: 'DENIED', evidence: 'missing' }),
      pending({ status: 'UNKNOWN', reason: 'deadline' }),
    ])
      counters.recordOutcome(record);
    const { settled, evidence } = counters.read(now);
    expect(settled).toEqual({ SENT: 2, FAILED: 1, DENIED: 1, UNKNOWN: 1 });
    expect(evidence).toEqual({ ...none.evidence, websocket: 1, status: 1, rejected: 1, missing: 1 });
  });

  it('return a snapshot that later counts do not change, and that changes no count', () => {
    const counters = new Counters();
    const before = counters.read(now);
    counters.requests.status += 1;
    counters.polls += 1;
    counters.recordOutcome(pending({ status: 'SENT', evidence: 'status' }));
    expect(before).toEqual({ ...none, ...now });
    Object.assign(before.requests, { send: 99 });
    expect(counters.read(now)).toMatchObject({ polls: 1, requests: { send: 0, status: 1 } });
  });
});
