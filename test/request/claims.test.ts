import { describe, expect, it } from '@jest/globals';
import type { Priority } from '../../src/core/ports.ts';
import { Claims, type Claim } from '../../src/request/claims.ts';

/** The lanes of the next claims, while each of `lanes` has some waiting all the time. */
function turns(lanes: readonly Priority[], count: number, claims = new Claims()): string {
  const of = new Map<Claim, Priority>();
  const enter = (lane: Priority): void => {
    const claim: Claim = { grant: () => undefined, refuse: () => undefined };
    of.set(claim, lane);
    claims.add(claim, lane);
  };
  for (const lane of lanes) enter(lane);
  return Array.from({ length: count }, () => {
    const claim = claims.next();
    const lane = claim && of.get(claim);
    if (lane !== undefined) enter(lane);
    return lane?.[0] ?? '-';
  }).join('');
}

function shareOf(lane: string, story: string): number {
  return (story.split(lane).length - 1) / story.length;
}

describe('while sends queue without end', () => {
  it('polls get every fifth turn', () => {
    expect(turns(['send', 'poll'], 12)).toBe('sssspsssspss');
  });

  it('reconciles and polls get a fifth each, and sends the rest', () => {
    const story = turns(['send', 'reconcile', 'poll'], 1_000);
    expect([shareOf('s', story), shareOf('r', story), shareOf('p', story)].map((share) => share.toFixed(2))).toEqual([
      '0.60',
      '0.20',
      '0.20',
    ]);
  });
});

describe('while reconciles queue without end', () => {
  it('polls get every fifth turn', () => {
    expect(turns(['reconcile', 'poll'], 12)).toBe('rrrrprrrrprr');
  });
});

describe('a lane', () => {
  it('that waits for less than five turns comes after all that are more urgent', () => {
    expect(turns(['send'], 3) + turns(['poll'], 2)).toBe('ssspp');
  });

  it('saves up no turns while nobody waits in it', () => {
    const claims = new Claims();
    const gone: Claim = { grant: () => undefined, refuse: () => undefined };
    claims.add(gone, 'poll');
    expect(turns(['send'], 3, claims)).toBe('sss');
    claims.delete(gone, 'poll');
    claims.next();
    expect(turns(['send', 'poll'], 5, claims)).toBe('ssssp');
  });
});
