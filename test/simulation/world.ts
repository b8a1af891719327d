// One world from beginning to end: a seed gives a plan, and the plan gives devices, messages and faults. When the
// faults are over everything works for long; then every tracker is closed, and the invariants are judged. The same seed
// gives the same world, line by line.

import { VirtualTime } from './clock.ts';
import { Dice } from './dice.ts';
import { Device } from './device.ts';
import { AppSession } from './app-session.ts';
import { drawPlan, type Plan } from './plan.ts';
import { partsOf } from './plan/messages.ts';
import { patienceMs } from './invariants/facts.ts';
import { Judge, type Broken } from './invariants/judge.ts';
import { Service } from './service.ts';
import { LineTrace, noTrace, type Trace } from './trace.ts';
import { Conditions } from './conditions.ts';

/** The result of a world. */
export interface Outcome {
  readonly seed: number;
  readonly messages: number;
  /** 'SENT websocket', 'UNKNOWN deadline', … and how many. */
  readonly endings: ReadonlyMap<string, number>;
  /** Faults by kind, and how often each took effect. */
  readonly strikes: ReadonlyMap<string, number>;
  readonly broken: readonly Broken[];
}

const epoch = Date.UTC(2026, 0, 1);
/** How long `close` may wait for the store. */
const STORE_LIMIT_MS = 5_001;
/** How long a world continues after everything was closed. */
const AFTERMATH_MS = 120_000;

export async function runWorld(seed: number, write?: (line: string) => void): Promise<Outcome> {
  const plan = drawPlan(seed);
  const sessions: AppSession[] = [];
  const escape = (error: unknown): void =>
    judge.report(
      'no escape',
      time.current?.name ?? 'the world',
      error instanceof Error ? (error.stack ?? '') : String(error),
    );
  const time = new VirtualTime({ epoch, random: new Dice(seed, 'library').random, onThrow: escape });
  const trace: Trace = write === undefined ? noTrace : new LineTrace(() => time.now, write);
  const dice = new Dice(seed, 'world');
  const conditions = new Conditions(plan, time, dice);
  const service = new Service(plan, time, new Dice(seed, 'service').random, (event) => {
    for (const session of sessions) session.socket?.publish(event);
  });
  const judge = new Judge({ plan, time, service, sessions });
  const parts = { plan, time, dice, conditions, service, trace };
  const devices = plan.devices.map((device, index) => new Device({ ...parts, device, index, judge, sessions }));

  process.on('unhandledRejection', escape);
  const uninstall = time.install();
  try {
    if (write !== undefined) describe(plan, trace);
    for (const device of devices) device.begin();
    await time.runUntil(plan.faultMs);
    trace.note('the world', () => 'the faults are over');
    judge.afterTroubles();
    for (const device of devices) device.recover();
    await time.runUntil(endOf(plan));
    judge.beforeClosing();
    for (const session of sessions) {
      if (session.state !== 'open') continue;
      await time.enter(session.machine, () => session.close());
      // Writes in progress have their time (docs/concepts.md).
      if (session.store !== undefined) await time.runUntil(time.now + STORE_LIMIT_MS);
      judge.afterClose(session);
    }
    await time.runUntil(time.now + AFTERMATH_MS);
    judge.longAfter();
  } finally {
    uninstall();
    // Node reports an unhandled rejection when its queues are empty.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', escape);
  }
  return {
    seed,
    messages: service.chime.messages.length,
    endings: endingsOf(sessions),
    strikes: conditions.strikes,
    broken: judge.broken,
  };
}

/** When the last decision is so long ago that every tracker must know it. */
function endOf({ faultMs, messages, incidents }: Plan): number {
  const lastDecision = Math.max(
    ...messages
      .flatMap(partsOf)
      .map(({ at, outcome, afterMs }) => at + (outcome === undefined || outcome === 'NEVER' ? 0 : afterMs)),
  );
  const begun = Math.max(faultMs, lastDecision);
  const asleep = incidents.some(({ kind }) => kind === 'sleep' || kind === 'frozen-tab') ? faultMs : 0;
  // The age grows during the wait.
  return begun + asleep + 2 * patienceMs(begun + asleep);
}

function endingsOf(sessions: readonly AppSession[]): Map<string, number> {
  const endings = new Map<string, number>();
  for (const { observer } of sessions) {
    for (const { settled, ended, earlier, updates } of observer.followed.values()) {
      // There was no event about it in this session.
      if (earlier !== undefined && updates.length === 0) continue;
      const [state] = settled;
      const how =
        state === undefined
          ? `(${ended ?? 'pending'})`
          : `${state.status} ${state.status === 'UNKNOWN' ? state.reason : state.evidence}`;
      endings.set(how, (endings.get(how) ?? 0) + 1);
    }
  }
  return endings;
}

function describe(plan: Plan, trace: Trace): void {
  const { devices, messages, spells, incidents, ...rest } = plan;
  trace.note('the plan', () => JSON.stringify(rest));
  for (const device of devices) trace.note('the plan', () => JSON.stringify(device));
  for (const spell of spells) trace.note('the plan', () => JSON.stringify(spell));
  for (const incident of incidents) trace.note('the plan', () => JSON.stringify(incident));
  trace.note('the plan', () => `${messages.length} messages`);
}
