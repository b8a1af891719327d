// Virtual time for a whole world, and a clock and timers for each machine in it: a machine may be set back or forward,
// sleep, be hidden (its timers then fire on a grid), or die with all its timers. While it is installed, the globals of
// time and randomness are those of the running machine, so that the library runs unmodified.
//
// Ready-made fake timers have one clock and scan all timers to find the next. Here each machine has its own clock, a
// crash removes its timers, and a step costs a heap operation and one real `setImmediate`, which drains its microtasks.

import FlatQueue from 'flatqueue';

/** A tab, a phone or a process: one clock, one set of timers. */
export class Machine {
  readonly name: string;
  /** What its clock shows beyond the time of the world, in milliseconds. */
  clockError = 0;
  alive = true;
  /** The value of `navigator.onLine`, true or false. */
  isOnline: () => boolean = () => true;
  /** Nothing runs on it before this time of the world. */
  asleepUntil = 0;
  /** Timers fire at multiples of this many milliseconds: a hidden tab. 0: at their time. */
  timerGrid = 0;
  /** Its pending timers. */
  readonly timers: Set<Task> = new Set();

  constructor(name: string) {
    this.name = name;
  }
}

interface Task {
  at: number;
  /** Its scheduled time, whatever its machine does to it. */
  readonly wantedAt: number;
  readonly machine: Machine | undefined;
  readonly run: () => void;
  /** A timer of the code under test, by its handle; undefined for the world's own tasks. */
  readonly timer: number | undefined;
  readonly everyMs: number | undefined;
  live: boolean;
}

export interface TimeOptions {
  /** What clocks show at time 0, in milliseconds since the epoch. */
  readonly epoch: number;
  /** `Math.random` of all machines. */
  readonly random: () => number;
  /** Called with the errors of tasks on `machine`. */
  readonly onThrow: (error: unknown, machine: Machine | undefined) => void;
}

const realImmediate = globalThis.setImmediate;
const longestTimerMs = 2 ** 31 - 1;

export class VirtualTime {
  /** Milliseconds since the world began. */
  now = 0;
  /** The machine whose code is running. */
  current: Machine | undefined;
  readonly #options: TimeOptions;
  /** Times with tasks, each once; the tasks, in the order in which they were scheduled. */
  readonly #times = new FlatQueue();
  readonly #tasks = new Map<number, Task[]>();
  readonly #timers = new Map<number, Task>();
  #handle = 0;

  constructor(options: TimeOptions) {
    this.#options = options;
  }

  /** Runs `run` at `at`: on `machine`, unless it is dead by then, and not while it sleeps. Returns the way to cancel it. */
  at(at: number, run: () => void, machine?: Machine): () => void {
    const task = this.#plan({ at, run, machine, timer: undefined, everyMs: undefined });
    return () => {
      task.live = false;
    };
  }

  after(ms: number, run: () => void, machine?: Machine): () => void {
    return this.at(this.now + ms, run, machine);
  }

  /** The clock of the running machine. */
  wallClock(machine: Machine | undefined = this.current): number {
    return this.#options.epoch + this.now + (machine?.clockError ?? 0);
  }

  /**
   * Puts `machine` to sleep. Afterwards its timers continue with their remaining time, or have all fired in the
   * meantime.
   */
  sleep(machine: Machine, ms: number, timers: 'go-on' | 'are-late'): void {
    machine.asleepUntil = this.now + ms;
    if (timers === 'are-late') return;
    for (const task of Array.from(machine.timers)) {
      this.#drop(task);
      this.#remember(this.#plan({ ...task, at: Math.max(task.at, this.now) + ms }));
    }
  }

  /** Shows a machine (its timers fire at their time again, late ones at once) or hides it. */
  setTimerGrid(machine: Machine, gridMs: number): void {
    machine.timerGrid = gridMs;
    for (const task of Array.from(machine.timers)) {
      if (task.at <= task.wantedAt) continue;
      this.#drop(task);
      this.#remember(this.#plan({ ...task, at: Math.max(task.wantedAt, this.now) }));
    }
  }

  /** It is gone, with all its tasks. */
  kill(machine: Machine): void {
    machine.alive = false;
    for (const task of Array.from(machine.timers)) this.#drop(task);
  }

  /** Runs everything up to `end`, each step with all of its microtasks. */
  runUntil(end: number): Promise<void> {
    return new Promise((resolve) => {
      const step = (): void => {
        this.current = undefined;
        for (;;) {
          const task = this.#next(end);
          if (task === undefined) {
            this.now = end;
            return resolve();
          }
          this.#run(task);
          // A step in which no machine ran leaves no microtasks behind.
          if (this.current !== undefined) break;
        }
        realImmediate(step);
      };
      realImmediate(step);
    });
  }

  /** Runs `act` on `machine` now, as a step of its own. */
  async enter(machine: Machine, act: () => void): Promise<void> {
    this.at(this.now, act, machine);
    await this.runUntil(this.now);
  }

  /** Installs the globals of this world. Returns how to restore them. */
  install(): () => void {
    const before = {
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      setInterval: globalThis.setInterval,
      clearInterval: globalThis.clearInterval,
      setImmediate: globalThis.setImmediate,
      clearImmediate: globalThis.clearImmediate,
    };
    const dateNow = Date.now;
    const random = Math.random;
    const realPerformance = performance.now.bind(performance);
    const clear = (handle?: number): void => this.#clear(handle);
    Object.assign(globalThis, {
      setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        this.#set(() => run(...args), ms, false),
      setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        this.#set(() => run(...args), ms, true),
      // Also a turn of the event loop is one of its machine: the slices of long work take it.
      setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) => {
        const turn = { isCancelled: false };
        const act = (): void => {
          if (!turn.isCancelled) run(...args);
        };
        this.at(this.now, act, this.current);
        return turn;
      },
      clearImmediate: (turn?: { isCancelled: boolean }) => {
        if (turn !== undefined) turn.isCancelled = true;
      },
      clearTimeout: clear,
      clearInterval: clear,
    });
    Date.now = () => this.wallClock();
    Math.random = this.#options.random;
    performance.now = () => this.now;
    const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    const online = { get: () => this.current?.isOnline() ?? true };
    Object.defineProperty(globalThis, 'navigator', {
      value: Object.defineProperty({}, 'onLine', online),
      configurable: true,
    });
    return () => {
      Reflect.deleteProperty(globalThis, 'navigator');
      if (navigator !== undefined) Object.defineProperty(globalThis, 'navigator', navigator);
      Object.assign(globalThis, before);
      Date.now = dateNow;
      Math.random = random;
      performance.now = realPerformance;
    };
  }

  #set(run: () => void, ms: number | undefined, repeats: boolean): number {
    // As in Node: whole milliseconds, at least one, and a delay that is too long fires at once.
    const given = Math.trunc(Number(ms));
    const delay = given >= 1 && given <= longestTimerMs ? given : 1;
    const at = this.now + delay;
    const timer = (this.#handle += 1);
    this.#remember(this.#plan({ at, run, machine: this.current, timer, everyMs: repeats ? delay : undefined }));
    return timer;
  }

  #clear(handle: number | undefined): void {
    const task = handle === undefined ? undefined : this.#timers.get(handle);
    if (task !== undefined) this.#drop(task);
  }

  #remember(task: Task): void {
    if (task.timer !== undefined) this.#timers.set(task.timer, task);
    task.machine?.timers.add(task);
  }

  #drop(task: Task): void {
    task.live = false;
    if (task.timer !== undefined) this.#timers.delete(task.timer);
    task.machine?.timers.delete(task);
  }

  #plan(given: Omit<Task, 'live' | 'wantedAt'>): Task {
    const task: Task = { ...given, wantedAt: given.at, live: true };
    this.#enqueue(task);
    return task;
  }

  #enqueue(task: Task): void {
    const same = this.#tasks.get(task.at);
    if (same !== undefined) {
      same.push(task);
      return;
    }
    this.#tasks.set(task.at, [task]);
    this.#times.push(task.at, task.at);
  }

  /** Removes the next task that may run now. */
  #next(end: number): Task | undefined {
    for (;;) {
      const at = this.#times.peek();
      if (at === undefined || at > end) return undefined;
      const tasks = this.#tasks.get(at) ?? [];
      const task = tasks.shift();
      if (task === undefined) {
        this.#times.pop();
        this.#tasks.delete(at);
        continue;
      }
      if (!task.live || task.machine?.alive === false) continue;
      this.now = at;
      const later = this.#laterTime(task);
      if (later === undefined) return task;
      task.at = later;
      this.#enqueue(task);
    }
  }

  #laterTime({ machine, timer }: Task): number | undefined {
    if (machine === undefined) return undefined;
    if (this.now < machine.asleepUntil) return machine.asleepUntil;
    if (timer === undefined || machine.timerGrid === 0) return undefined;
    const next = Math.ceil(this.now / machine.timerGrid) * machine.timerGrid;
    return next > this.now ? next : undefined;
  }

  #run(task: Task): void {
    const { machine, everyMs, run } = task;
    if (everyMs === undefined) this.#drop(task);
    else this.#remember(this.#again(task, everyMs));
    this.current = machine;
    try {
      run();
    } catch (error) {
      this.#options.onThrow(error, machine);
    }
  }

  #again(task: Task, everyMs: number): Task {
    this.#drop(task);
    return this.#plan({ ...task, at: this.now + everyMs });
  }
}
