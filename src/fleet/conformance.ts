/**
 * The conformance suite of `FleetEngine`: what a fleet relies on, as cases for any test runner. Each case makes an engine of its own;
 * `for (const { name, run } of engineConformance(create)) it(name, run)`.
 */
import type { FleetEngine } from './engine.ts';
import { FLEET, type Case } from './conformance/case.ts';
import { inboxCases } from './conformance/inbox.ts';
import { leasesCases } from './conformance/leases.ts';
import { outcomesCases } from './conformance/outcomes.ts';
import { permitsCases } from './conformance/permits.ts';
import { recordsCases } from './conformance/records.ts';

export interface EngineUnderTest {
  /** Not opened yet, and empty. */
  readonly engine: FleetEngine;
  /** Another engine on the same data, as another process has it; the same one where an engine is for one process. */
  readonly other: FleetEngine;
  /** Called at the end of the case, after both engines were closed. */
  readonly dispose: () => Promise<void>;
}

export interface ConformanceCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const cases: Readonly<Record<string, Case>> = {
  ...recordsCases,
  ...inboxCases,
  ...outcomesCases,
  ...permitsCases,
  ...leasesCases,
};

/** The cases. They take real time: leases run out, and buckets fill. */
export function engineConformance(create: () => Promise<EngineUnderTest> | EngineUnderTest): ConformanceCase[] {
  return Object.entries(cases).map(([name, test]) => ({
    name,
    run: async () => {
      const { engine, other, dispose } = await create();
      try {
        await engine.open(FLEET);
        await other.open(FLEET);
        await test(engine, other);
      } finally {
        await engine.close();
        await other.close();
        await dispose();
      }
    },
  }));
}
