import { expect, it } from '@jest/globals';

import { killAgain } from './kill-again.ts';

it('killed at random instants, a program that sends through the outbox loses nothing, doubles nothing, and tells the truth', async () => {
  const report = await killAgain({ times: 12 });
  expect(report).toMatchObject({ lost: [], duplicated: [], unkept: [], untrue: [], errors: [], left: 0 });
  expect(report.kept).toBeGreaterThan(20);
  expect(report.restored).toBeGreaterThan(5);
}, 60_000);
