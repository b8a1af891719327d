// A device through all its lives: what is planned to happen on it happens here, from messages to crashes.

import type { Dice } from './dice.ts';
import { Disk } from './disk.ts';
import { Life, type LifeParts } from './life.ts';
import type { Incident, Spell } from './plan.ts';
import type { Judge } from './promises/judge.ts';

export interface DeviceParts extends Omit<LifeParts, 'onSettled' | 'disk'> {
  readonly judge: Judge;
  /** All lives of the world: a new one is added. */
  readonly lives: Life[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export class Device {
  readonly #parts: DeviceParts;
  readonly #disk = new Disk();
  #life: Life | undefined;
  #lives = 0;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  /** Plans everything that is to happen on it, and starts its first life. */
  begin(): void {
    const { plan, index, time } = this.#parts;
    time.at(time.now, () => this.#boot());
    for (const message of plan.messages) {
      if (message.device === index) this.#at(message.at, (life) => life.hand(message));
    }
    for (const spell of plan.spells) if (spell.device === index) this.#expect(spell);
    for (const incident of plan.incidents) {
      if (incident.device === index) this.#at(incident.at, (life) => this.#happen(incident, life));
    }
    const { ownRequestsPerSecond: own, troubleMs } = plan;
    if (own === 0) return;
    for (let at = 0; at < Math.min(troubleMs, 120_000); at += 1_000 / own) {
      time.at(Math.round(at), () => this.#at(time.now, (life) => life.readSomething()));
    }
  }

  /** The troubles are over: whatever still lasts ends. */
  recover(): void {
    const life = this.#life;
    const { dice, time } = this.#parts;
    if (life === undefined || life.state === 'crashed') return void time.at(time.now, () => this.#boot());
    const { machine } = life;
    time.setTimerGrid(machine, 0);
    // Sockets may stay as dead as they are: nothing depends on them.
    if (life.line !== undefined && !life.line.isHealthy && dice.chance(0.7)) {
      time.after(dice.between(0, 30_000), () => life.line?.start(), machine);
    }
  }

  /** @param inProcess the process of the life before goes on, and whatever that one is still writing */
  #boot(inProcess = false): void {
    const { judge, lives, device, dice } = this.#parts;
    const before = this.#life;
    this.#lives += 1;
    if (!inProcess) before?.store?.crash();
    const life = new Life(
      { ...this.#parts, disk: this.#disk, onSettled: (one, followed, state) => judge.outcome(one, followed, state) },
      this.#lives,
      inProcess ? before : undefined,
    );
    this.#life = life;
    lives.push(life);
    const kept = device.storeLatencyMs !== undefined;
    // An app with a store need not keep the ids; one that does it all the same must not get everything twice.
    const tracksAgain = !kept || dice.chance(0.3);
    for (const followed of before?.witness.followed.values() ?? []) {
      if (kept) life.expectBack(followed);
      if (tracksAgain && followed.settled.length === 0 && followed.ended !== 'forgotten') life.takeOver(followed);
    }
  }

  /** Unless another life has begun, as it does when the troubles are over. */
  #restart(life: Life, afterMs: number): void {
    const { time } = this.#parts;
    time.after(afterMs, () => {
      if (this.#life !== life) return;
      // Whoever closes in good order waits for what is being written.
      if (life.state === 'closed' && !life.isOver) this.#restart(life, 1_000);
      else this.#boot();
    });
  }

  /** Does something with the life that the device has at that time, on its machine. */
  #at(at: number, act: (life: Life) => void): void {
    const { time } = this.#parts;
    time.at(at, () => {
      const life = this.#life;
      if (life === undefined || life.state === 'crashed') return;
      time.at(time.now, () => act(life), life.machine);
    });
  }

  #expect({ kind, from }: Spell): void {
    if (kind !== 'offline' && kind !== 'unreachable' && kind !== 'no-socket') return;
    this.#at(from, ({ line }) => {
      if (this.#parts.dice.chance(0.7)) line?.drop();
      else line?.muteFor(this.#parts.dice.across(1_000, 600_000));
    });
  }

  #happen({ kind, lastsMs }: Incident, life: Life): void {
    const { time, dice, weather, trace, plan } = this.#parts;
    const { line, machine } = life;
    const sleepMs = Math.min(lastsMs, Math.max(0, plan.troubleMs - time.now));
    weather.count(kind);
    trace.note(machine, () => `!! ${kind} (${lastsMs} ms)`);
    switch (kind) {
      case 'delete-message':
      case 'redact-message':
      case 'delete-channel':
        return this.#remove(kind);
      case 'reopen':
        life.close();
        return void time.after(dice.pick([0, 0, 1, 50, 1_000]), () => {
          if (this.#life === life) time.at(time.now, () => this.#boot(true), machine);
        });
      case 'drop':
        return line?.drop();
      case 'half-open':
        return line?.muteFor(lastsMs);
      case 'refused-reconnect':
        return line?.dropRefused(lastsMs);
      case 'endless-reconnect':
        return line?.dropEndlessly(lastsMs);
      case 'stop-session':
        return line?.stop(lastsMs);
      case 'detach-and-attach':
        life.detach();
        return void time.after(lastsMs, () => life.attach(), machine);
      case 'sleep':
        // Its socket is dead when it wakes up, and that is noticed late or never.
        line?.muteFor(sleepMs + dice.between(1_000, 60_000));
        return time.sleep(machine, sleepMs, dice.pick(['go-on', 'are-late']));
      case 'clock-forward':
        // A clock is often set when the network is back, and then the app is told to look.
        if (dice.chance(0.5)) time.after(dice.between(1, 1_000), () => life.wake$.next('online'), machine);
        machine.clockError += clockStepMs(dice);
        return;
      case 'clock-back':
        machine.clockError -= clockStepMs(dice);
        return;
      case 'hidden-tab':
        time.setTimerGrid(machine, dice.pick([1_000, 60_000]));
        return void time.after(lastsMs, () => {
          time.setTimerGrid(machine, 0);
          time.after(0, () => life.wake$.next('visible'), machine);
        });
      case 'frozen-tab':
        time.sleep(machine, sleepMs, 'are-late');
        return void time.after(sleepMs, () => life.wake$.next('resume'), machine);
      case 'wake':
        return life.wake$.next('wake');
      case 'reconcile':
        return life.state === 'open' ? life.reconcile() : undefined;
      case 'forget':
        return life.forgetOne();
      case 'close-in-listener':
        life.closesInListener = true;
        return;
      case 'close':
        life.close();
        return this.#restart(life, Math.min(lastsMs, sleepMs));
      case 'crash':
        life.crash();
        return this.#restart(life, Math.min(lastsMs, sleepMs));
    }
  }

  /** A moderator takes away what somebody has sent from here, rather while it is PENDING. */
  #remove(kind: 'delete-message' | 'redact-message' | 'delete-channel'): void {
    const { service, dice, device } = this.#parts;
    const own = service.chime.messages.filter(({ sender, deleted }) => sender === device.bearer && !deleted);
    const pending = own.filter(({ status, updates }) =>
      [status, ...updates.map((one) => one.status)].includes('PENDING'),
    );
    if (own.length === 0) return;
    const message = dice.pick(pending.length > 0 ? pending : own);
    if (kind === 'delete-channel') service.chime.deleteChannel(message.channelArn);
    else service.remove(message, kind === 'delete-message' ? 'delete' : 'redact');
  }
}

/** Some clocks are wrong by hours, those of devices that have just booted by months. */
function clockStepMs(dice: Dice): number {
  return dice.chance(0.6) ? dice.across(1_000, 3 * HOUR) : dice.across(DAY, 400 * DAY);
}
