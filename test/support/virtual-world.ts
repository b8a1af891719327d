// A World whose time moves only by call: for the service model without sockets.

import type { World } from '../../src/emulator/service/world.ts';

export interface VirtualWorld extends World {
  /** Moves the time, and runs what is due on the way in order. */
  advance(ms: number): void;
}

export function createVirtualWorld(start = 0, random: () => number = () => 0.5): VirtualWorld {
  let now = start;
  let tasks: { at: number; task: () => void }[] = [];
  return {
    now: () => now,
    random,
    after(ms, task) {
      const entry = { at: now + ms, task };
      tasks.push(entry);
      return () => {
        tasks = tasks.filter((one) => one !== entry);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        tasks = tasks.filter((one) => one !== next);
        now = next.at;
        next.task();
      }
      now = end;
    },
  };
}
