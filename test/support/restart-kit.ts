// One tracker after another on the same disk, with the same service: a process that is killed, and started again.

import { draft, flush, startTracker, type KitOptions, type TrackerKit } from './tracker-kit.ts';
import { ScriptedService } from './scripted-service.ts';
import { Disk, type ScriptedStore } from './scripted-store.ts';

export interface Life extends TrackerKit {
  readonly store: ScriptedStore;
  /** The process is killed: none of its operations reaches the disk or the service from now on. */
  readonly kill: () => void;
}

export interface Lives {
  readonly disk: Disk;
  readonly service: ScriptedService;
  /**
   * Starts the next process; resolves when everything is restored. `prepare` adds faults to its store before it is
   * used.
   */
  readonly start: (options?: KitOptions, prepare?: (store: ScriptedStore) => void) => Promise<Life>;
  /** The same, without waiting for anything. */
  readonly boot: (options?: KitOptions, prepare?: (store: ScriptedStore) => void) => Life;
}

export function lives(): Lives {
  const disk = new Disk();
  const service = new ScriptedService();
  const boot: Lives['boot'] = (options = {}, prepare = () => undefined) => {
    const store = disk.mount();
    prepare(store);
    const kit = startTracker({ service, store, ...options });
    return {
      ...kit,
      store,
      kill: () => {
        store.die();
        void kit.tracker.close();
      },
    };
  };
  return {
    disk,
    service,
    boot,
    start: async (options, prepare) => {
      const life = boot(options, prepare);
      await flush();
      return life;
    },
  };
}

export { draft };
