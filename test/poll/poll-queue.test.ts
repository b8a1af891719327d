import { describe, expect, it } from '@jest/globals';
import { PollQueue } from '../../src/poll/poll-queue.ts';
import { alice, bob, deliveryNamed } from '../support/delivery-record.ts';

const [a, b, c] = [deliveryNamed('a'), deliveryNamed('b'), deliveryNamed('c')];

/** The deliveries that are taken, one after the other. */
function all(queue: PollQueue, bearer = alice): string[] {
  const taken: string[] = [];
  for (let next = queue.shift(bearer); next !== undefined; next = queue.shift(bearer))
    taken.push(`${next.priority} ${next.delivery.record.id}`);
  return taken;
}

describe('the poll queue', () => {
  it('serves the longest due first', () => {
    const queue = new PollQueue();
    queue.enqueue(a, 'poll', 300);
    queue.enqueue(b, 'poll', 100);
    queue.enqueue(c, 'poll', 200);
    expect([queue.size(alice), all(queue), queue.size(alice)]).toEqual([3, ['poll b', 'poll c', 'poll a'], 0]);
  });

  it('serves reconciles before polls', () => {
    const queue = new PollQueue();
    queue.enqueue(a, 'poll', 100);
    queue.enqueue(b, 'reconcile', 200);
    expect(queue.nextPriority(alice)).toBe('reconcile');
    expect(all(queue)).toEqual(['reconcile b', 'poll a']);
    expect(queue.nextPriority(alice)).toBe('poll');
  });

  it('moves a delivery ahead for a reconcile, never back, and takes each once', () => {
    const queue = new PollQueue();
    queue.enqueue(a, 'poll', 100);
    queue.enqueue(b, 'poll', 200);
    queue.enqueue(b, 'reconcile', 300);
    queue.enqueue(b, 'poll', 50);
    queue.enqueue(a, 'poll', 50);
    expect(queue.size(alice)).toBe(2);
    expect(all(queue)).toEqual(['reconcile b', 'poll a']);
  });

  it('forgets a removed delivery, and accepts it again', () => {
    const queue = new PollQueue();
    queue.enqueue(a, 'reconcile', 100);
    queue.enqueue(b, 'poll', 100);
    queue.remove(a);
    queue.remove(c);
    expect([queue.priorityOf(a), queue.priorityOf(b), queue.size(alice)]).toEqual([undefined, 'poll', 1]);
    queue.enqueue(a, 'poll', 500);
    expect(all(queue)).toEqual(['poll b', 'poll a']);
  });

  it('has a poll next when the only reconcile has left', () => {
    const queue = new PollQueue();
    queue.enqueue(a, 'reconcile', 100);
    queue.enqueue(b, 'poll', 100);
    queue.remove(a);
    expect(queue.nextPriority(alice)).toBe('poll');
  });

  it('is separate for each bearer', () => {
    const queue = new PollQueue();
    queue.enqueue(a, 'poll', 100);
    queue.enqueue(deliveryNamed('d', bob), 'reconcile', 100);
    expect([queue.size(alice), queue.size(bob), queue.nextPriority(alice)]).toEqual([1, 1, 'poll']);
    expect([all(queue, bob), all(queue)]).toEqual([['reconcile d'], ['poll a']]);
    expect(queue.shift('nobody')).toBeUndefined();
  });
});
