// The page's side of /stage: how things stand, as a store for `useSyncExternalStore`, and commands to change them. A command
// is believed to be obeyed at once, so that its button does not wait for the network.
import { STAGE_PATH, type Command, type Situation, type Stage } from '../../protocol.ts';

/** How things stood, and since when. */
export interface Chapter {
  readonly at: number;
  readonly situation: Situation;
}

export class StageControl {
  readonly described: Stage;
  readonly #listeners = new Set<() => void>();
  #chapters: readonly Chapter[];

  static async open(): Promise<StageControl> {
    return new StageControl(await ask<Stage>());
  }

  private constructor(stage: Stage) {
    this.described = stage;
    this.#chapters = [{ at: Date.now(), situation: stage.situation }];
  }

  /** Everything so far; the last one is now. */
  readonly read = (): readonly Chapter[] => this.#chapters;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  async command(command: Command): Promise<void> {
    this.#enter(foresee(command));
    try {
      await ask({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(command),
      });
    } catch (error) {
      this.#enter((await ask<Stage>()).situation);
      throw error;
    }
  }

  #enter(change: Partial<Situation>): void {
    const situation = { ...(this.#chapters.at(-1)?.situation ?? this.described.situation), ...change };
    this.#chapters = [...this.#chapters.slice(-100), { at: Date.now(), situation }];
    for (const listener of this.#listeners) listener();
  }
}

function foresee(command: Command): Partial<Situation> {
  switch (command.do) {
    case 'sockets':
      return { sockets: command.to };
    case 'expire':
      return { expiredUntil: Date.now() + command.seconds * 1_000 };
    case 'throttle':
      return { throttledUntil: Date.now() + command.seconds * 1_000 };
    case 'process':
      return { processor: { outcome: command.outcome, delayMs: command.delayMs } };
  }
}

async function ask<Answer>(init?: RequestInit): Promise<Answer> {
  const response = await fetch(STAGE_PATH, init);
  if (!response.ok) throw new Error(`${STAGE_PATH} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
