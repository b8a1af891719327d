// The plan of a world, drawn from its seed before it begins: the users and devices, the messages and their outcomes,
// and the faults. Pure; the effects of the faults are in `network.ts`, `socket.ts` and `device.ts`.

import type { DeniedShape, EditSettings } from '../../src/emulator/service/settings.ts';
import { Dice } from './dice.ts';
import { drawDevices, type DevicePlan } from './plan/devices.ts';
import { drawMessages, STREAM, type MessagePlan } from './plan/messages.ts';
import { drawStory } from './plan/stories.ts';
import { drawIncidents, drawSpells, type Incident, type Spell } from './plan/faults.ts';

export type { DevicePlan } from './plan/devices.ts';
export type { EditPlan, MessagePlan } from './plan/messages.ts';
export type { Incident, Spell, SpellKind } from './plan/faults.ts';

export interface Plan {
  readonly seed: number;
  /** Nothing goes wrong: what push announces must then cost nothing. */
  readonly calm: boolean;
  /** Nothing but sends, constantly, a little more than the budget allows, and no push. */
  readonly stream: boolean;
  /** Everything works from here on. */
  readonly faultMs: number;
  readonly devices: readonly DevicePlan[];
  readonly messages: readonly MessagePlan[];
  readonly spells: readonly Spell[];
  readonly incidents: readonly Incident[];
  readonly elasticChannel: string | undefined;
  readonly deniedShape: DeniedShape | 'forbidden';
  readonly lagShape: DeniedShape | undefined;
  /** The longest time that a message is not readable at first; each has its own lag, at least half as long. */
  readonly readLagMs: number;
  readonly edits: EditSettings;
  /** The processor rewrites the messages that it passes. */
  readonly rewrites: boolean;
  readonly restTimestamps: 'fraction' | 'whole-seconds';
  readonly deletedChannel: 'not-found' | 'forbidden';
  readonly hidesRequestId: boolean;
  readonly hidesErrorType: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly deniedCarriesContent: boolean;
  readonly requestsPerSecond: number;
  /** Operations that the IAM policy denies to every user. */
  readonly refusedOperations: readonly string[];
  readonly latencyMs: number;
  /** Travel times differ by up to this. */
  readonly jitterMs: number;
  readonly eventDelayMs: number;
  readonly eventJitterMs: number;
  readonly eventCopies: number;
  /** Requests a second that each app makes itself, unknown to its tracker. */
  readonly ownRequestsPerSecond: number;
}

const app = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab';

export function drawPlan(seed: number): Plan {
  const dice = new Dice(seed, 'plan');
  const kind = dice.weigh({ calm: 12, stream: 2, troubled: 86 });
  const calm = kind === 'calm';
  const stream = kind === 'stream';
  const wild = kind === 'troubled';
  const faultMs = stream
    ? STREAM.lastsMs
    : Number(dice.weigh({ 20_000: 2, 60_000: 4, 300_000: 4, 1_800_000: 2, 10_800_000: 1 }));
  const channels = Array.from({ length: dice.between(1, 3) }, (_, index) => `${app}/channel/c${index + 1}`);
  const elasticChannel = dice.chance(0.2) ? channels[0] : undefined;
  const drawn = drawDevices(dice, app, calm || stream);
  const devices = stream ? drawn.slice(0, 1).map((device): DevicePlan => ({ ...device, push: 'none' })) : drawn;
  const world = { faultMs, channels, elasticChannel, devices, calm, stream };
  const messages = drawMessages(dice, world);
  const story = wild ? drawStory(dice, world, messages) : { spells: [], incidents: [] };
  const edits = drawEditSettings(dice);
  return {
    seed,
    calm,
    stream,
    faultMs,
    devices: devices.map((device, index) => (story.device?.index === index ? { ...device, ...story.device } : device)),
    messages,
    spells: wild ? [...story.spells, ...drawSpells(dice, world, messages)] : [],
    incidents: wild ? [...story.incidents, ...drawIncidents(dice, world, messages)] : [],
    elasticChannel,
    deniedShape: dice.pick(['empty', 'no-status', 'null', 'not-found', 'forbidden']),
    lagShape: dice.pick([undefined, 'empty', 'not-found']),
    readLagMs: drawReadLagMs(dice),
    edits,
    rewrites: dice.chance(0.15),
    restTimestamps: dice.pick(['fraction', 'whole-seconds']),
    deletedChannel: dice.pick(['not-found', 'forbidden']),
    hidesRequestId: dice.chance(0.15),
    hidesErrorType: dice.chance(0.15),
    retryAfterSeconds: dice.chance(0.4) ? dice.between(0, 5) : undefined,
    // For overlapping edits, nothing else shows which one was denied (docs/concepts.md).
    deniedCarriesContent: edits.editWhilePending === 'accepted' || dice.chance(0.5),
    requestsPerSecond: wild ? dice.pick([10, 10, 5, 20]) : 30,
    refusedOperations: wild ? drawRefused(dice) : [],
    // (Sends of one channel wait for each other: with slow responses they would not reach the limit of the budget.)
    latencyMs: dice.across(5, stream ? 50 : 400),
    jitterMs: dice.pick(stream ? [0, 20] : [0, 20, 80, 400]),
    eventDelayMs: dice.across(1, 300),
    eventJitterMs: dice.pick([0, 50, 500]),
    eventCopies: dice.chance(0.2) ? 2 : 1,
    ownRequestsPerSecond: wild && dice.chance(0.25) ? dice.between(1, 4) : 0,
  };
}

function drawEditSettings(dice: Dice): EditSettings {
  return {
    pendingEdit: dice.pick(['pending', 'unchanged'] as const),
    refusedEdit: dice.pick(['unchanged', 'unchanged', 'shown'] as const),
    // (The tracker would mistake an edit time that a denied edit changed for that of an applied one: docs/concepts.md.)
    editTimestamp: 'applied',
    editWhilePending: dice.pick(['accepted', 'accepted', 'conflict'] as const),
  };
}

/** The service's own lag is unknown: below 10 s, it must have no effect. */
function drawReadLagMs(dice: Dice): number {
  switch (dice.weigh({ none: 6, short: 2.5, long: 1.5 })) {
    case 'none':
      return 0;
    case 'short':
      return dice.between(0, 1_500);
    case 'long':
      return dice.between(1_500, 9_500);
  }
}

function drawRefused(dice: Dice): string[] {
  const refused: string[] = [];
  if (dice.chance(0.12)) refused.push('GetChannelMessageStatus');
  if (dice.chance(0.2)) refused.push('GetChannelMessage');
  if (dice.chance(0.3)) refused.push('ListChannelMessages');
  return refused;
}
