// Which of the planned troubles lie over a device at this moment, and how often each has struck.

import type { Operation } from '../../src/emulator/service/operation.ts';
import type { VirtualTime } from './clock.ts';
import type { Dice } from './dice.ts';
import type { Plan, Spell, SpellKind } from './plan.ts';

const storeTroubles: ReadonlySet<SpellKind> = new Set<SpellKind>(['store-fails', 'store-hangs', 'store-slow']);
const notOfRequests: ReadonlySet<SpellKind> = new Set<SpellKind>([...storeTroubles, 'no-socket']);

export class Weather {
  /** Strikes by kind. */
  readonly strikes: Map<string, number> = new Map();
  readonly #spells: readonly Spell[];
  readonly #time: VirtualTime;
  readonly #dice: Dice;
  /** Devices to which one stale answer more could be enough: they asked for that, or messages cannot be read at first. */
  readonly #mayBeDenied: readonly boolean[];

  constructor(plan: Plan, time: VirtualTime, dice: Dice) {
    this.#spells = plan.spells;
    this.#time = time;
    this.#dice = dice;
    this.#mayBeDenied = plan.devices.map(({ options }) => options.missing?.confirmations === 1 || plan.readLagMs > 0);
  }

  /** What befalls one request of this device: the first of the spells over it that strikes. */
  strike(device: number, operation: Operation): SpellKind | undefined {
    for (const { kind, strength } of this.#over(device)) {
      if (notOfRequests.has(kind) || (kind === 'stale' && operation !== 'GetChannelMessageStatus')) continue;
      if (kind === 'stale' && this.#mayBeDenied[device] === true) continue;
      if (!this.#dice.chance(kind === 'offline' ? 1 : strength)) continue;
      this.count(kind);
      return kind;
    }
    return undefined;
  }

  /** Whether a websocket of this device cannot be opened now, or loses what it has. */
  isSocketless(device: number): boolean {
    return this.#over(device).some(({ kind }) => kind === 'no-socket' || kind === 'offline');
  }

  /** What ails the store of this device now. */
  storeTrouble(device: number): Spell | undefined {
    const spell = this.#over(device).find(({ kind }) => storeTroubles.has(kind));
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
