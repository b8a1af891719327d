import { describe, expect, it } from '@jest/globals';
import { map, Subject, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Evidence } from '../../src/core/evidence.ts';
import { DeliveryRegistry, type Transition, type EvidenceReport } from '../../src/core/delivery-registry.ts';
import { createPipeline } from '../../src/core/pipeline.ts';
import { alice, channel, rules, sentAt as at } from '../support/delivery-record.ts';

const newDelivery = { id: 'token', channelArn: channel, chimeBearer: alice, missingMeansDenied: true, at };
const said = { kind: 'status', source: 'websocket', at } as const;
const message = { messageId: 'm1', channelArn: channel, sender: alice, isEdit: false };

/**
 * A tracker's pipeline with one delivery: reports about it by letter, and its changes by the first letter of the
 * status.
 */
function newPipeline() {
  const registry = new DeliveryRegistry(rules, 100);
  const begin = registry.add(newDelivery);
  const letters: Record<string, Evidence> = {
    a: { kind: 'accepted', messageId: 'm1', at },
    n: { kind: 'no-response', at },
    m: { kind: 'missing', source: 'status', at },
    p: { ...said, status: 'PENDING' },
    s: { ...said, status: 'SENT' },
    d: { ...said, status: 'DENIED' },
  };
  const reports = (evidence$: Observable<string>): Observable<EvidenceReport> =>
    evidence$.pipe(map((letter) => ({ delivery: begin.delivery, evidence: letters[letter] as Evidence })));
  return { registry, begin, reports, letters };
}
const initial = (transition: Transition): string =>
  transition.after.status === 'SENDING' ? '.' : transition.after.status.slice(0, 1);

describe('the one stream of a tracker', () => {
  it('merges all sources, and the first final state wins', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, hot, expectObservable }) => {
      const { registry, begin, reports } = newPipeline();
      const added$ = cold<Transition>('b|', { b: begin });
      const send$ = hot('  --a------|');
      const push$ = hot('  -------d-|');
      const poll$ = hot('  -----n-ss|');
      const { transitions$ } = createPipeline(registry, added$, reports(send$), reports(push$), reports(poll$));
      expectObservable(transitions$.pipe(map(initial))).toBe('.-P--P-D-|');
    });
  });

  it('announces visible changes only: no polls that found nothing new', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, hot, expectObservable }) => {
      const { registry, begin, reports } = newPipeline();
      const added$ = cold<Transition>('b|', { b: begin });
      const send$ = hot('  --a------|');
      const poll$ = hot('  ---nmpn-s|');
      const { announcements$ } = createPipeline(registry, added$, reports(send$), reports(poll$));
      expectObservable(announcements$.pipe(map(initial))).toBe('.-P-----S|');
    });
  });

  it('applies each report once, however many subscribers there are', () => {
    const { registry, begin } = newPipeline();
    const reports$ = new Subject<EvidenceReport>();
    const { transitions$, announcements$ } = createPipeline(registry, new Subject(), reports$);
    const story: string[] = [];
    transitions$.subscribe((transition) => story.push(`first ${initial(transition)}`));
    transitions$.subscribe((transition) => story.push(`second ${initial(transition)}`));
    announcements$.subscribe((transition) => story.push(`app ${initial(transition)}`));
    reports$.next({ delivery: begin.delivery, evidence: { kind: 'accepted', messageId: 'm1', at } });
    reports$.next({ delivery: begin.delivery, evidence: { kind: 'no-response', at } });
    expect(begin.delivery.record.pollCount).toBe(1);
    expect([...story].sort()).toEqual(['app P', 'first P', 'first P', 'second P', 'second P']);
  });

  it('subscribes to the sources only while it has a subscriber', () => {
    const { registry } = newPipeline();
    const reports$ = new Subject<EvidenceReport>();
    const { transitions$, announcements$ } = createPipeline(registry, new Subject(), reports$);
    expect(reports$.observed).toBe(false);
    const subscription = announcements$.subscribe();
    subscription.add(transitions$.subscribe());
    expect(reports$.observed).toBe(true);
    subscription.unsubscribe();
    expect(reports$.observed).toBe(false);
  });
});

describe('a listener that causes the next change', () => {
  /** Tracks and settles in reaction to updates; returns what two listeners get, in order. */
  function reentrant(
    cause: (
      transition: Transition,
      registry: DeliveryRegistry,
      reports$: Subject<EvidenceReport>,
      added$: Subject<Transition>,
    ) => void,
  ) {
    const { registry, begin, letters } = newPipeline();
    const reports$ = new Subject<EvidenceReport>();
    const added$ = new Subject<Transition>();
    const { transitions$, announcements$ } = createPipeline(registry, added$, reports$);
    const heard: { rooms: string[]; early: string[]; late: string[] } = { rooms: [], early: [], late: [] };
    const name = (transition: Transition): string => `${transition.delivery.record.id} ${transition.after.status}`;
    transitions$.subscribe((transition) => heard.rooms.push(name(transition)));
    announcements$.subscribe((transition) => {
      heard.early.push(name(transition));
      cause(transition, registry, reports$, added$);
    });
    announcements$.subscribe((transition) => heard.late.push(name(transition)));
    added$.next(begin);
    return { heard, begin, reports$, letters };
  }

  it('lets every listener get the changes in order, also those after it', () => {
    const { heard } = reentrant(({ delivery, after }, _ledger, reports$) => {
      if (after.status === 'SENDING') reports$.next({ delivery, evidence: { kind: 'accepted', messageId: 'm1', at } });
      if (after.status === 'PENDING') reports$.next({ message, evidence: { ...said, status: 'SENT' } });
    });
    expect(heard.early).toEqual(['token SENDING', 'token PENDING', 'token SENT']);
    expect(heard.late).toEqual(heard.early);
    expect([...heard.rooms].sort()).toEqual([...heard.early].sort());
  });

  it('may begin further deliveries, which are announced after the current update', () => {
    const { heard } = reentrant(({ after }, registry, _reports$, added$) => {
      const { id } = after;
      if (id.length < 8) added$.next(registry.add({ ...newDelivery, id: `${id}+`, messageId: `${id}+` }));
    });
    expect(heard.late).toEqual(['token SENDING', 'token+ PENDING', 'token++ PENDING', 'token+++ PENDING']);
  });
});
