// The faults of a world: those that last (spells) and those of a moment (incidents), how often each comes, and when.

import type { Dice } from '../dice.ts';

/** Faults that last: on the network of one device, at its sockets, in its store, or in the service. */
export type SpellKind =
  | 'offline'
  | 'unreachable'
  | 'lossy'
  | 'hanging'
  | 'slow'
  | 'repeating'
  | 'portal'
  | 'blank'
  | 'bad-gateway'
  | 'proxy-forbids'
  | 'proxy-404'
  | 'gateway-codes'
  | 'server-errors'
  | 'throttled'
  | 'expired'
  | 'skewed'
  | 'stale'
  | 'refusing'
  | 'forbidden-moment'
  | 'conflicts'
  | 'no-socket'
  | 'store-fails'
  | 'store-keeps'
  | 'store-hangs'
  | 'store-slow';

export const spellWeights: Readonly<Record<SpellKind, number>> = {
  offline: 3,
  /** No connection is ever made, and the error says so. */
  unreachable: 1.5,
  lossy: 4,
  hanging: 2,
  slow: 3,
  repeating: 2,
  portal: 2,
  blank: 2,
  'bad-gateway': 2,
  'proxy-forbids': 1,
  'proxy-404': 1,
  /** A gateway refuses in JSON with a code, which the SDK uses as the name of the error. */
  'gateway-codes': 3,
  'server-errors': 3,
  throttled: 2,
  expired: 3,
  skewed: 1,
  /** A stale replica: a status is missing, once a message. */
  stale: 2,
  /** Refused for a while, by the service itself. */
  refusing: 2,
  /** Reads are refused for some seconds. */
  'forbidden-moment': 3,
  /** Sends get one 409 each, some of them after a lost response. */
  conflicts: 2,
  'no-socket': 3,
  'store-fails': 1,
  /** Only removals fail. */
  'store-keeps': 2,
  'store-hangs': 1,
  'store-slow': 1,
};

/** Spells that last for seconds, and start when a message is in flight. */
const momentary: ReadonlySet<SpellKind> = new Set<SpellKind>(['forbidden-moment']);
const LONGEST_MOMENT_MS = 20_000;

/** Faults of a moment, on one device. */
export type IncidentKind =
  | 'drop'
  | 'half-open'
  | 'refused-reconnect'
  | 'endless-reconnect'
  | 'stop-session'
  | 'detach-and-attach'
  | 'sleep'
  | 'clock-forward'
  | 'clock-back'
  | 'hidden-tab'
  | 'frozen-tab'
  | 'wake'
  | 'reconcile'
  | 'forget'
  | 'crash'
  | 'close'
  | 'close-in-listener'
  | 'reopen'
  | 'delete-message'
  | 'redact-message'
  | 'delete-channel';

export const incidentWeights: Readonly<Record<IncidentKind, number>> = {
  drop: 4,
  'half-open': 4,
  'refused-reconnect': 2,
  'endless-reconnect': 1,
  'stop-session': 1,
  'detach-and-attach': 1,
  sleep: 2,
  'clock-forward': 2,
  'clock-back': 2,
  'hidden-tab': 2,
  'frozen-tab': 1,
  wake: 3,
  reconcile: 3,
  forget: 2,
  crash: 2,
  close: 1,
  'close-in-listener': 1,
  /** Closed, and opened again at once, like a component of a page. */
  reopen: 1,
  'delete-message': 2,
  'redact-message': 1,
  'delete-channel': 0.5,
};

export interface Spell {
  readonly kind: SpellKind;
  readonly device: number;
  readonly from: number;
  readonly to: number;
  /** How many of the requests it affects. */
  readonly strength: number;
}

export interface Incident {
  readonly kind: IncidentKind;
  readonly device: number;
  readonly at: number;
  readonly lastsMs: number;
}

interface Ground {
  readonly faultMs: number;
  readonly devices: readonly unknown[];
}

/** When a message is active, and where. */
interface Occasion {
  readonly at: number;
  readonly device: number;
}

export function drawSpells(dice: Dice, { faultMs, devices }: Ground, occasions: readonly Occasion[]): Spell[] {
  return Array.from({ length: dice.between(1, 5) }, () => {
    const kind = dice.weigh(spellWeights);
    const strength = dice.pick([0.1, 0.3, 0.6, 1]);
    if (momentary.has(kind)) {
      const { at, device } = dice.pick(occasions);
      const from = at + dice.across(500, 20_000);
      return { kind, device, from, to: Math.min(faultMs, from + dice.across(1_000, LONGEST_MOMENT_MS)), strength };
    }
    const from = dice.chance(0.3) ? 0 : dice.between(0, faultMs);
    const to = Math.min(faultMs, from + dice.across(1_000, faultMs));
    return { kind, device: dice.between(0, devices.length - 1), from, to, strength };
  });
}

export function drawIncidents(dice: Dice, { faultMs, devices }: Ground, occasions: readonly Occasion[]): Incident[] {
  return Array.from({ length: dice.between(0, 6) }, () => {
    // Half of them come while a message is active: that is where the bugs are.
    const occasion = dice.chance(0.5) ? dice.pick(occasions) : undefined;
    return {
      kind: dice.weigh(incidentWeights),
      device: occasion?.device ?? dice.between(0, devices.length - 1),
      at: Math.min(faultMs, occasion === undefined ? dice.between(0, faultMs) : occasion.at + dice.across(1, 10_000)),
      lastsMs: dice.across(500, Math.max(1_000, faultMs)),
    };
  });
}
