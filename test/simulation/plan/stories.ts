// Faults that do harm only together, in the right order. Chance alone would almost never produce that order.

import type { Dice } from '../dice.ts';
import type { DevicePlan } from './devices.ts';
import type { MessagePlan } from './messages.ts';
import type { Incident, Spell } from './faults.ts';

interface Ground {
  readonly faultMs: number;
  readonly devices: readonly DevicePlan[];
}

/** What a story adds to a world. */
export interface Story {
  readonly spells: readonly Spell[];
  readonly incidents: readonly Incident[];
  /** The device in that story. */
  readonly device?: { readonly index: number } & Partial<Pick<DevicePlan, 'options' | 'saysOffline'>>;
}

type StoryKind = 'closed-while-writing' | 'closed-unsent' | 'mark-stays' | 'hint-lies';

const nothing: Story = { spells: [], incidents: [] };

/** A story about one message that a tracker sends. */
export function drawStory(dice: Dice, { faultMs, devices }: Ground, messages: readonly MessagePlan[]): Story {
  const kind: StoryKind = dice.pick(['closed-while-writing', 'closed-unsent', 'mark-stays', 'hint-lies']);
  const subjects = messages.filter(
    ({ how, device }) => how === 'send' && (kind === 'hint-lies' || devices[device]?.storeLatencyMs !== undefined),
  );
  if (!dice.chance(0.25) || subjects.length === 0) return nothing;
  const { device, at } = dice.pick(subjects);
  const options = devices[device]?.options ?? {};
  const spell = (what: Spell['kind'], from: number, to: number): Spell => ({
    kind: what,
    device,
    from,
    to: Math.min(to, faultMs),
    strength: 1,
  });
  const incident = (what: Incident['kind'], when: number): Incident => ({
    kind: what,
    device,
    at: Math.min(when, faultMs),
    lastsMs: dice.across(500, 900_000),
  });
  switch (kind) {
    // The app sends, and is closed and opened again before the store has the record.
    case 'closed-while-writing':
      return { spells: [], incidents: [incident('reopen', at + dice.between(0, 400))] };
    // No connection is ever made before it is closed; the next session begins long after, or at once.
    case 'closed-unsent':
      return {
        spells: [spell('unreachable', at - 1, at + dice.across(5_000, 1_800_000))],
        incidents: [incident(dice.pick(['close', 'reopen']), at + dice.across(1, 30_000))],
      };
    // Known not to have left, and marked as unsent; then it leaves, and the marker stays.
    case 'mark-stays': {
      const reachable = at + dice.across(3_000, 60_000);
      return {
        spells: [
          spell('unreachable', at - 1, reachable),
          spell('store-keeps', reachable - dice.between(0, 2_000), reachable + 120_000),
        ],
        incidents: [incident(dice.pick(['crash', 'close']), reachable + dice.across(1, 5_000))],
        device: {
          index: device,
          options: { ...options, send: dice.pick([{ persistContent: false }, { expireMs: 60_000 }]) },
        },
      };
    }
    // The platform is offline by its own flag, and only responses are lost.
    case 'hint-lies':
      return {
        spells: [spell('lossy', at - 1, at + dice.across(5_000, 120_000))],
        incidents: [],
        device: { index: device, saysOffline: 'always' },
      };
  }
}
