import { expect, it } from '@jest/globals';

import { searchSize } from '../support/search-size.ts';
import { killAgain } from './kill-again.ts';

const TIMES = searchSize({ part: 10, whole: 100 });

it('a program that is killed at random instants and sends through the outbox loses nothing, duplicates nothing, and reports true outcomes', async () => {
  const report = await killAgain({ times: TIMES });
  expect(report).toMatchObject({ lost: [], duplicated: [], unkept: [], untrue: [], errors: [], left: 0 });
  expect(report.kept).toBeGreaterThan(20);
  expect(report.restored).toBeGreaterThan(5);
});
