import { describe, expect, it } from '@jest/globals';
import { WaitingRoom } from '../../src/poll/waiting-room.ts';
import { alice, bob, entryNamed } from '../support/known.ts';

const [a, b, c] = [entryNamed('a'), entryNamed('b'), entryNamed('c')];

/** Who is taken, one after the other. */
function all(room: WaitingRoom, bearer = alice): string[] {
  const taken: string[] = [];
  for (let next = room.take(bearer); next !== undefined; next = room.take(bearer))
    taken.push(`${next.priority} ${next.entry.known.id}`);
  return taken;
}

describe('the waiting room', () => {
  it('lets the longest due go first', () => {
    const room = new WaitingRoom();
    room.enter(a, 'poll', 300);
    room.enter(b, 'poll', 100);
    room.enter(c, 'poll', 200);
    expect([room.size(alice), all(room), room.size(alice)]).toEqual([3, ['poll b', 'poll c', 'poll a'], 0]);
  });

  it('lets reconciles go before polls', () => {
    const room = new WaitingRoom();
    room.enter(a, 'poll', 100);
    room.enter(b, 'reconcile', 200);
    expect(room.nextPriority(alice)).toBe('reconcile');
    expect(all(room)).toEqual(['reconcile b', 'poll a']);
    expect(room.nextPriority(alice)).toBe('poll');
  });

  it('moves one ahead that is to be reconciled, never back, and takes each once', () => {
    const room = new WaitingRoom();
    room.enter(a, 'poll', 100);
    room.enter(b, 'poll', 200);
    room.enter(b, 'reconcile', 300);
    room.enter(b, 'poll', 50);
    room.enter(a, 'poll', 50);
    expect(room.size(alice)).toBe(2);
    expect(all(room)).toEqual(['reconcile b', 'poll a']);
  });

  it('forgets who left, and lets him come again', () => {
    const room = new WaitingRoom();
    room.enter(a, 'reconcile', 100);
    room.enter(b, 'poll', 100);
    room.leave(a);
    room.leave(c);
    expect([room.priorityOf(a), room.priorityOf(b), room.size(alice)]).toEqual([undefined, 'poll', 1]);
    room.enter(a, 'poll', 500);
    expect(all(room)).toEqual(['poll b', 'poll a']);
  });

  it('says that a poll is next, when the only reconcile has left', () => {
    const room = new WaitingRoom();
    room.enter(a, 'reconcile', 100);
    room.enter(b, 'poll', 100);
    room.leave(a);
    expect(room.nextPriority(alice)).toBe('poll');
  });

  it('is one for each bearer', () => {
    const room = new WaitingRoom();
    room.enter(a, 'poll', 100);
    room.enter(entryNamed('d', bob), 'reconcile', 100);
    expect([room.size(alice), room.size(bob), room.nextPriority(alice)]).toEqual([1, 1, 'poll']);
    expect([all(room, bob), all(room)]).toEqual([['reconcile d'], ['poll a']]);
    expect(room.take('nobody')).toBeUndefined();
  });
});
