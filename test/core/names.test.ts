import { describe, expect, it } from '@jest/globals';
import { Entry } from '../../src/core/entry.ts';
import type { Known } from '../../src/core/known.ts';
import { Names } from '../../src/core/names.ts';
import { entryOf, otherChannel, pending, sending } from '../support/known.ts';

function named(...entries: Entry[]): Names {
  const names = new Names();
  for (const entry of entries) names.add(entry);
  return names;
}
const ids = (names: Iterable<Entry>): string[] => Array.from(names, ({ known }) => known.id);

describe('the names of a delivery', () => {
  it('are its id, its token and its MessageId', () => {
    const entry = entryOf({ id: 'ours', token: 't1', messageId: 'm1' });
    const names = named(entry);
    expect(['ours', 't1', 'm1', 'm2'].map((name) => names.all(name))).toEqual([[entry], [entry], [entry], []]);
    expect([names.size, ids(names)]).toEqual([1, ['ours']]);
  });

  it('may all be one, and then it is found once', () => {
    const entry = entryOf({ id: 'm1', token: 'm1', messageId: 'm1' });
    expect([named(entry).all('m1'), ids(named(entry))]).toEqual([[entry], ['m1']]);
  });

  it('grow when its MessageId becomes known', () => {
    const entry = new Entry(sending());
    const names = named(entry);
    const before = entry.known;
    entry.known = { ...before, status: 'PENDING', messageId: 'm1' };
    names.rename(entry, before);
    names.rename(entry, entry.known);
    expect([names.all('token-1'), names.all('m1'), names.size]).toEqual([[entry], [entry], 1]);
  });

  it('are forgotten with it, and it alone', () => {
    const first = entryOf({ id: 'a', messageId: 'm1' });
    const second = entryOf({ id: 'b', messageId: 'm1' });
    const third = entryOf({ id: 'c', messageId: 'm1' });
    const names = named(first, second, third);
    names.delete(second);
    names.delete(second);
    expect([names.all('m1'), names.all('b'), names.size, names.has(second)]).toEqual([[first, third], [], 2, false]);
    names.delete(first);
    names.delete(third);
    expect([names.all('m1'), names.size, ids(names)]).toEqual([[], 0, []]);
  });
});

describe('several deliveries of one name', () => {
  const share = (...fields: Partial<Known>[]): Entry[] => fields.map((each) => new Entry(pending(each)));

  it('are all found, in the order in which they got it', () => {
    const entries = share({ id: 'm1' }, { id: 'x', channelArn: otherChannel }, { id: 'y', update: true });
    const names = named(...entries);
    expect([names.all('m1'), names.size]).toEqual([entries, 3]);
    expect(entries.map((entry) => names.has(entry))).toEqual([true, true, true]);
  });

  it('are told once each, in the order in which tracking began', () => {
    const names = named(...share({ id: 'm1' }, { id: 'x', token: 'm1' }, { id: 'y' }, { id: 'm9', messageId: 'x' }));
    expect(ids(names)).toEqual(['m1', 'x', 'y', 'm9']);
  });

  it('do not hide that a stranger is not among them', () => {
    const [one, other, stranger] = share({ id: 'm1' }, { id: 'x' }, { id: 'm1' });
    const names = named(one as Entry, other as Entry);
    expect(names.has(stranger as Entry)).toBe(false);
    names.delete(stranger as Entry);
    expect(names.size).toBe(2);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('may have it be %s', (messageId) => {
    const names = named(...share({ id: 'a', messageId }, { id: 'b', messageId }));
    expect(ids(names.all(messageId))).toEqual(['a', 'b']);
  });
});
