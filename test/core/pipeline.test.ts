import { describe, expect, it } from '@jest/globals';
import { map, Subject, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Evidence } from '../../src/core/evidence.ts';
import { Ledger, type Change, type Report } from '../../src/core/ledger.ts';
import { createPipeline } from '../../src/core/pipeline.ts';
import { alice, channel, rules, sentAt as at } from '../support/known.ts';

const newDelivery = { id: 'token', channelArn: channel, chimeBearer: alice, provable: true, at };
const said = { kind: 'said', source: 'websocket', at } as const;
const message = { messageId: 'm1', channelArn: channel, sender: alice, update: false };

/** A tracker's heart with one delivery: evidence about it by letter, and its changes by the first letter of the status. */
function newPipeline() {
  const ledger = new Ledger(rules, 100);
  const begin = ledger.add(newDelivery);
  const letters: Record<string, Evidence> = {
    a: { kind: 'accepted', messageId: 'm1', at },
    n: { kind: 'unanswered', at },
    m: { kind: 'missing', witness: 'status', at },
    p: { ...said, status: 'PENDING' },
    s: { ...said, status: 'SENT' },
    d: { ...said, status: 'DENIED' },
  };
  const reports = (evidence$: Observable<string>): Observable<Report> =>
    evidence$.pipe(map((letter) => ({ entry: begin.entry, evidence: letters[letter] as Evidence })));
  return { ledger, begin, reports, letters };
}
const initial = (change: Change): string => (change.after.status === 'SENDING' ? '.' : change.after.status.slice(0, 1));

describe('the one stream of a tracker', () => {
  it('merges what all rooms learn, and the first last word wins', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, hot, expectObservable }) => {
      const { ledger, begin, reports } = newPipeline();
      const added$ = cold<Change>('b|', { b: begin });
      const send$ = hot('  --a------|');
      const push$ = hot('  -------d-|');
      const poll$ = hot('  -----n-ss|');
      const { changes$ } = createPipeline(ledger, added$, reports(send$), reports(push$), reports(poll$));
      expectObservable(changes$.pipe(map(initial))).toBe('.-P--P-D-|');
    });
  });

  it('announces only what can be seen: not looks that found nothing new', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, hot, expectObservable }) => {
      const { ledger, begin, reports } = newPipeline();
      const added$ = cold<Change>('b|', { b: begin });
      const send$ = hot('  --a------|');
      const poll$ = hot('  ---nmpn-s|');
      const { announcements$ } = createPipeline(ledger, added$, reports(send$), reports(poll$));
      expectObservable(announcements$.pipe(map(initial))).toBe('.-P-----S|');
    });
  });

  it('applies each report once, however many listen', () => {
    const { ledger, begin } = newPipeline();
    const reports$ = new Subject<Report>();
    const { changes$, announcements$ } = createPipeline(ledger, new Subject(), reports$);
    const story: string[] = [];
    changes$.subscribe((change) => story.push(`first ${initial(change)}`));
    changes$.subscribe((change) => story.push(`second ${initial(change)}`));
    announcements$.subscribe((change) => story.push(`app ${initial(change)}`));
    reports$.next({ entry: begin.entry, evidence: { kind: 'accepted', messageId: 'm1', at } });
    reports$.next({ entry: begin.entry, evidence: { kind: 'unanswered', at } });
    expect(begin.entry.known.polls).toBe(1);
    expect([...story].sort()).toEqual(['app P', 'first P', 'first P', 'second P', 'second P']);
  });

  it('listens to the rooms only while somebody listens to it', () => {
    const { ledger } = newPipeline();
    const reports$ = new Subject<Report>();
    const { changes$, announcements$ } = createPipeline(ledger, new Subject(), reports$);
    expect(reports$.observed).toBe(false);
    const subscription = announcements$.subscribe();
    subscription.add(changes$.subscribe());
    expect(reports$.observed).toBe(true);
    subscription.unsubscribe();
    expect(reports$.observed).toBe(false);
  });
});

describe('a listener that causes the next change', () => {
  /** Tracks and settles in answer to what is announced; what two listeners hear, in order. */
  function reentrant(
    cause: (change: Change, ledger: Ledger, reports$: Subject<Report>, added$: Subject<Change>) => void,
  ) {
    const { ledger, begin, letters } = newPipeline();
    const reports$ = new Subject<Report>();
    const added$ = new Subject<Change>();
    const { changes$, announcements$ } = createPipeline(ledger, added$, reports$);
    const heard: { rooms: string[]; early: string[]; late: string[] } = { rooms: [], early: [], late: [] };
    const name = (change: Change): string => `${change.entry.known.id} ${change.after.status}`;
    changes$.subscribe((change) => heard.rooms.push(name(change)));
    announcements$.subscribe((change) => {
      heard.early.push(name(change));
      cause(change, ledger, reports$, added$);
    });
    announcements$.subscribe((change) => heard.late.push(name(change)));
    added$.next(begin);
    return { heard, begin, reports$, letters };
  }

  it('makes nobody hear changes out of order, whoever listens after it', () => {
    const { heard } = reentrant(({ entry, after }, _ledger, reports$) => {
      if (after.status === 'SENDING') reports$.next({ entry, evidence: { kind: 'accepted', messageId: 'm1', at } });
      if (after.status === 'PENDING') reports$.next({ message, evidence: { ...said, status: 'SENT' } });
    });
    expect(heard.early).toEqual(['token SENDING', 'token PENDING', 'token SENT']);
    expect(heard.late).toEqual(heard.early);
    expect([...heard.rooms].sort()).toEqual([...heard.early].sort());
  });

  it('may begin further deliveries, which are announced after what it was just told', () => {
    const { heard } = reentrant(({ after }, ledger, _reports$, added$) => {
      const { id } = after;
      if (id.length < 8) added$.next(ledger.add({ ...newDelivery, id: `${id}+`, messageId: `${id}+` }));
    });
    expect(heard.late).toEqual(['token SENDING', 'token+ PENDING', 'token++ PENDING', 'token+++ PENDING']);
  });
});
