/**
 * A page whose clock and timers are the test's: for sleeps of hours, and for timers that fire once a minute. It runs in the
 * page before the page program, which sees nothing but an odd `Date` and slow timers. Real time is `performance`'s.
 */
export interface PageClock {
  /** The page's `Date` jumps; timers do not notice, as when a machine sleeps. */
  jump(ms: number): void;
  /** From now on timers fire at wake-ups only. */
  holdTimers(): void;
  /** One wake-up, `ms` later by the page's `Date`: what was due by then fires, what it starts waits for the next one. */
  wakeUp(ms: number): void;
  /** Resolves when no request is under way, and none has begun for a while. */
  quiet(): Promise<void>;
}

declare global {
  interface Window {
    clock: PageClock;
  }
}

/** Serialized into the page: it uses nothing from outside itself. */
export function installClock(): void {
  const RealDate = Date;
  const realTimeout = window.setTimeout.bind(window);
  const realClear = window.clearTimeout.bind(window);
  const realFetch = window.fetch.bind(window);
  const held = new Map<number, { at: number; run: () => void }>();
  let ahead = 0;
  let holding = false;
  let last = 1_000_000;
  let requests = 0;
  let underWay = 0;

  class PageDate extends RealDate {
    constructor(...given: [] | [number]) {
      super(given[0] ?? PageDate.now());
    }
    static override now(): number {
      return RealDate.now() + ahead;
    }
  }
  window.Date = PageDate as DateConstructor;
  window.setTimeout = ((run: () => void, ms = 0) => {
    if (!holding) return realTimeout(run, ms);
    last += 1;
    held.set(last, { at: PageDate.now() + ms, run });
    return last;
  }) as typeof window.setTimeout;
  window.clearTimeout = (id) => {
    if (!held.delete(Number(id))) realClear(id);
  };
  window.fetch = async (...given) => {
    requests += 1;
    underWay += 1;
    try {
      return await realFetch(...given);
    } finally {
      underWay -= 1;
    }
  };

  const busy = (): boolean => underWay > 0;
  window.clock = {
    jump: (ms) => void (ahead += ms),
    holdTimers: () => void (holding = true),
    wakeUp: (ms) => {
      ahead += ms;
      const now = PageDate.now();
      const due = [...held].filter(([, { at }]) => at <= now).sort(([, a], [, b]) => a.at - b.at);
      for (const [id] of due) {
        const timer = held.get(id);
        held.delete(id);
        timer?.run();
      }
    },
    quiet: async () => {
      let before: number;
      do {
        before = requests;
        await new Promise((resolve) => realTimeout(() => resolve(undefined), 40));
      } while (busy() || before !== requests);
    },
  };
}
