// The planned faults that are active on a device at this moment, and how often each has taken effect.

import type { VirtualTime } from './clock.ts';
import type { Dice } from './dice.ts';
import type { DevicePlan, Plan, Spell, SpellKind } from './plan.ts';
import type { Call } from './service.ts';

/** The fault of a request: a spell, or a response that is lost before a conflict. */
export type Strike = SpellKind | 'lost-answer';

const storeFaults: ReadonlySet<SpellKind> = new Set<SpellKind>([
  'store-fails',
  'store-keeps',
  'store-hangs',
  'store-slow',
]);
const offline: ReadonlySet<SpellKind> = new Set<SpellKind>(['offline', 'unreachable']);
const notOfRequests: ReadonlySet<SpellKind> = new Set<SpellKind>([...storeFaults, 'no-socket']);

export class Conditions {
  /** Effects by kind. */
  readonly strikes: Map<string, number> = new Map();
  readonly #spells: readonly Spell[];
  readonly #time: VirtualTime;
  readonly #dice: Dice;
  readonly #saysOffline: readonly DevicePlan['saysOffline'][];
  /**
   * Devices on which one more stale response could be enough: they require one confirmation, or messages are not
   * readable at first.
   */
  readonly #mayBeDenied: readonly boolean[];
  /** How far the spell of conflicts is with each message. */
  readonly #conflicts = new Map<string, 'answer-lost' | 'over'>();

  constructor(plan: Plan, time: VirtualTime, dice: Dice) {
    this.#spells = plan.spells;
    this.#time = time;
    this.#dice = dice;
    this.#saysOffline = plan.devices.map(({ saysOffline }) => saysOffline);
    this.#mayBeDenied = plan.devices.map(({ options }) => options.missing?.confirmations === 1 || plan.readLagMs > 0);
  }

  /** The fault of one request of this device: the first active spell that takes effect. */
  strike(device: number, call: Call): Strike | undefined {
    for (const { kind, strength } of this.#over(device)) {
      if (!this.#concerns(kind, device, call)) continue;
      if (!this.#dice.chance(offline.has(kind) ? 1 : strength)) continue;
      this.count(kind);
      return kind === 'conflicts' ? this.#conflict(call) : kind;
    }
    return undefined;
  }

  #concerns(kind: SpellKind, device: number, { operation, input }: Call): boolean {
    if (kind === 'stale') return operation === 'GetChannelMessageStatus' && this.#mayBeDenied[device] !== true;
    if (kind === 'forbidden-moment') return /^(Get|List)/.test(operation);
    if (kind === 'conflicts')
      return operation === 'SendChannelMessage' && this.#conflicts.get(String(input['Content'])) !== 'over';
    return !notOfRequests.has(kind);
  }

  /** One 409 for each message, at its first attempt, or after a lost response. */
  #conflict({ input }: Call): Strike {
    const text = String(input['Content']);
    const isLost = !this.#conflicts.has(text) && this.#dice.chance(0.5);
    this.#conflicts.set(text, isLost ? 'answer-lost' : 'over');
    return isLost ? 'lost-answer' : 'conflicts';
  }

  /** Whether a websocket of this device cannot be opened now, or is dropped. */
  isSocketless(device: number): boolean {
    return this.#over(device).some(({ kind }) => offline.has(kind) || kind === 'no-socket');
  }

  /** The value of `navigator.onLine` on this device. */
  isOnline(device: number): boolean {
    const says = this.#saysOffline[device];
    if (says === 'always') return false;
    return says === 'never' || !this.#over(device).some(({ kind }) => offline.has(kind));
  }

  /** The fault of a store operation on this device now. */
  storeTrouble(device: number, operation: string): Spell | undefined {
    const spell = this.#over(device).find(
      ({ kind }) => storeFaults.has(kind) && (kind !== 'store-keeps' || operation === 'removeItem'),
    );
    if (spell === undefined || !this.#dice.chance(spell.strength)) return undefined;
    this.count(spell.kind);
    return spell;
  }

  isExpired(device: number): boolean {
    return this.#over(device).some(({ kind }) => kind === 'expired');
  }

  count(kind: string): void {
    this.strikes.set(kind, (this.strikes.get(kind) ?? 0) + 1);
  }

  #over(device: number): Spell[] {
    const { now } = this.#time;
    return this.#spells.filter((spell) => spell.device === device && spell.from <= now && now < spell.to);
  }
}
