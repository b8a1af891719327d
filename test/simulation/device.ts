// A device through all its sessions: everything planned for it happens here, from messages to crashes.

import type { Dice } from './dice.ts';
import { Disk } from './disk.ts';
import { AppSession, type AppSessionParts } from './app-session.ts';
import type { Incident, Spell } from './plan.ts';
import type { Judge } from './invariants/judge.ts';

export interface DeviceParts extends Omit<AppSessionParts, 'onSettled' | 'disk'> {
  readonly judge: Judge;
  /** All sessions of the world: a new one is added. */
  readonly sessions: AppSession[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export class Device {
  readonly #parts: DeviceParts;
  readonly #disk = new Disk();
  #session: AppSession | undefined;
  #sessions = 0;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  /** Schedules everything that is planned for it, and starts its first session. */
  begin(): void {
    const { plan, index, time } = this.#parts;
    time.at(time.now, () => this.#boot());
    for (const message of plan.messages) {
      if (message.device === index) this.#at(message.at, (session) => session.hand(message));
    }
    for (const spell of plan.spells) if (spell.device === index) this.#expect(spell);
    for (const incident of plan.incidents) {
      if (incident.device === index) this.#at(incident.at, (session) => this.#happen(incident, session));
    }
    const { ownRequestsPerSecond: own, faultMs } = plan;
    if (own === 0) return;
    for (let at = 0; at < Math.min(faultMs, 120_000); at += 1_000 / own) {
      time.at(Math.round(at), () => this.#at(time.now, (session) => session.readSomething()));
    }
  }

  /** The faults are over: all that still last end. */
  recover(): void {
    const session = this.#session;
    const { dice, time } = this.#parts;
    if (session === undefined || session.state === 'crashed') return void time.at(time.now, () => this.#boot());
    const { machine } = session;
    time.setTimerGrid(machine, 0);
    // Sockets may stay dead: nothing depends on them.
    if (session.socket !== undefined && !session.socket.isHealthy && dice.chance(0.7)) {
      time.after(dice.between(0, 30_000), () => session.socket?.start(), machine);
    }
  }

  /** @param inProcess the process of the previous session goes on, with whatever it is still writing */
  #boot(inProcess = false): void {
    const { judge, sessions, device, dice } = this.#parts;
    const before = this.#session;
    this.#sessions += 1;
    if (!inProcess) before?.store?.crash();
    const session = new AppSession(
      { ...this.#parts, disk: this.#disk, onSettled: (one, followed, state) => judge.outcome(one, followed, state) },
      this.#sessions,
      inProcess ? before : undefined,
    );
    this.#session = session;
    sessions.push(session);
    const kept = device.storeLatencyMs !== undefined;
    // An app with a store need not keep the ids; an app that does so all the same must not get a delivery twice.
    const tracksAgain = !kept || dice.chance(0.3);
    for (const followed of before?.observer.followed.values() ?? []) {
      if (kept) session.expectBack(followed);
      if (tracksAgain && followed.settled.length === 0 && followed.ended !== 'forgotten') session.takeOver(followed);
    }
  }

  /** Unless another session has begun, as it does when the faults are over. */
  #restart(session: AppSession, afterMs: number): void {
    const { time } = this.#parts;
    time.after(afterMs, () => {
      if (this.#session !== session) return;
      // An orderly close waits for the writes in progress.
      if (session.state === 'closed' && !session.isOver) this.#restart(session, 1_000);
      else this.#boot();
    });
  }

  /** Acts on the session that the device has at that time, on its machine. */
  #at(at: number, act: (session: AppSession) => void): void {
    const { time } = this.#parts;
    time.at(at, () => {
      const session = this.#session;
      if (session === undefined || session.state === 'crashed') return;
      // While its machine sleeps, the app may have opened another session.
      const actNow = (): void => {
        const current = this.#session;
        if (current === undefined || current.state === 'crashed') return;
        if (current.machine === session.machine) return act(current);
        // Its timers belong to the process of that session.
        time.at(time.now, () => act(current), current.machine);
      };
      time.at(time.now, actNow, session.machine);
    });
  }

  #expect({ kind, from }: Spell): void {
    if (kind !== 'offline' && kind !== 'unreachable' && kind !== 'no-socket') return;
    this.#at(from, ({ socket }) => {
      if (this.#parts.dice.chance(0.7)) socket?.drop();
      else socket?.muteFor(this.#parts.dice.across(1_000, 600_000));
    });
  }

  #happen({ kind, lastsMs }: Incident, session: AppSession): void {
    const { time, dice, conditions, trace, plan } = this.#parts;
    const { socket, machine } = session;
    const sleepMs = Math.min(lastsMs, Math.max(0, plan.faultMs - time.now));
    conditions.count(kind);
    trace.note(machine, () => `!! ${kind} (${lastsMs} ms)`);
    switch (kind) {
      case 'delete-message':
      case 'redact-message':
      case 'delete-channel':
        return this.#remove(kind);
      case 'reopen':
        session.close();
        return void time.after(dice.pick([0, 0, 1, 50, 1_000]), () => {
          const boot = (): void => {
            // Another reopening of the same moment has done it.
            if (this.#session === session) this.#boot(true);
          };
          time.at(time.now, boot, machine);
        });
      case 'drop':
        return socket?.drop();
      case 'half-open':
        return socket?.muteFor(lastsMs);
      case 'refused-reconnect':
        return socket?.dropRefused(lastsMs);
      case 'endless-reconnect':
        return socket?.dropEndlessly(lastsMs);
      case 'stop-session':
        return socket?.stop(lastsMs);
      case 'detach-and-attach':
        session.detach();
        return void time.after(lastsMs, () => session.attach(), machine);
      case 'sleep':
        // Its socket is dead when it wakes up, and the session notices late or never.
        socket?.muteFor(sleepMs + dice.between(1_000, 60_000));
        return time.sleep(machine, sleepMs, dice.pick(['go-on', 'are-late']));
      case 'clock-forward':
        // A clock is often set when the network is back, and the app then gets a wake signal.
        if (dice.chance(0.5)) time.after(dice.between(1, 1_000), () => session.wake$.next('online'), machine);
        machine.clockError += clockStepMs(dice);
        return;
      case 'clock-back':
        machine.clockError -= clockStepMs(dice);
        return;
      case 'hidden-tab':
        time.setTimerGrid(machine, dice.pick([1_000, 60_000]));
        return void time.after(lastsMs, () => {
          time.setTimerGrid(machine, 0);
          time.after(0, () => session.wake$.next('visible'), machine);
        });
      case 'frozen-tab':
        time.sleep(machine, sleepMs, 'are-late');
        return void time.after(sleepMs, () => session.wake$.next('resume'), machine);
      case 'wake':
        return session.wake$.next('wake');
      case 'reconcile':
        return session.state === 'open' ? session.reconcile() : undefined;
      case 'forget':
        return session.forgetOne();
      case 'close-in-listener':
        session.closesInListener = true;
        return;
      case 'close':
        session.close();
        return this.#restart(session, Math.min(lastsMs, sleepMs));
      case 'crash':
        session.crash();
        return this.#restart(session, Math.min(lastsMs, sleepMs));
    }
  }

  /** A moderator removes a message of this device, preferably while it is PENDING. */
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

/** Some clocks are wrong by hours, those of recently booted devices by months. */
function clockStepMs(dice: Dice): number {
  return dice.chance(0.6) ? dice.across(1_000, 3 * HOUR) : dice.across(DAY, 400 * DAY);
}
