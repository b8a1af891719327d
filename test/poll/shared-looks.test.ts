import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../../src/core/entry.ts';
import { SharedLooks } from '../../src/poll/shared-looks.ts';
import { entryNamed } from '../support/known.ts';

function waits(...ms: number[]): Map<Entry, number> {
  return new Map(ms.map((each, i) => [entryNamed(`m${i}`), each]));
}

describe('a page for several', () => {
  it('comes sooner, the more there are', () => {
    const looks = new SharedLooks(() => 0.5);
    expect(looks.plan(waits(...Array.from({ length: 4 }, () => 2_000)), 1, 0)?.at).toBeCloseTo(1_000);
    expect(looks.plan(waits(...Array.from({ length: 16 }, () => 2_000)), 1, 0)?.at).toBeCloseTo(500);
  });

  it('is not planned for fewer than three', () => {
    expect(new SharedLooks(() => 0.5).plan(waits(1_000, 1_000), 1, 0)).toBeUndefined();
    expect(new SharedLooks(() => 0.5).plan(new Map(), 1, 0)).toBeUndefined();
  });

  it('leaves out those who would wait much longer than the others', () => {
    const all = waits(1_000, 1_000, 1_000, 60_000);
    expect(new SharedLooks(() => 0.5).plan(all, 1, 0)?.entries).toEqual([...all.keys()].slice(0, 3));
  });

  it('comes no more often than the share of the channel’s lists allows', () => {
    expect(new SharedLooks(() => 0.5).plan(waits(300, 300, 300, 300), 50, 0)?.at).toBeCloseTo(50_000 / 30);
  });

  it('is waited for by others of the channel, for as long as a request is worth', () => {
    const looks = new SharedLooks(() => 0.5);
    looks.plan(waits(...Array.from({ length: 4 }, () => 4_000)), 1, 0);
    expect(looks.pageAt(entryNamed('other'), 500)).toBeUndefined();
    expect(looks.pageAt(entryNamed('other'), 1_500)).toBeCloseTo(2_000);
    expect(looks.pageAt(entryNamed('other'), 2_500)).toBeUndefined();
    expect(looks.pageAt(entryNamed('other', 'arn:somebody'), 1_500)).toBeUndefined();
  });
});
