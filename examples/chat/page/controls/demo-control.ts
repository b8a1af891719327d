// The page's side of /control: the faults in effect, as a store for `useSyncExternalStore`, and commands that change them.
// Updates are optimistic, so a button does not wait for the network.
import { Store } from '../store.ts';
import { CONTROL_PATH, type Command, type Situation, type DemoSetup } from '../../protocol.ts';

/** A situation and when it began. */
export interface SituationChange {
  readonly at: number;
  readonly situation: Situation;
}

/** The history of the situation; the last change is in effect now. */
export class DemoControl extends Store<readonly SituationChange[]> {
  readonly described: DemoSetup;

  static async open(): Promise<DemoControl> {
    return new DemoControl(await request<DemoSetup>());
  }

  private constructor(control: DemoSetup) {
    super([{ at: Date.now(), situation: control.situation }]);
    this.described = control;
  }

  async command(command: Command): Promise<void> {
    this.#record(expectedAfter(command));
    try {
      await request({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(command),
      });
    } catch (error) {
      this.#record((await request<DemoSetup>()).situation);
      throw error;
    }
  }

  #record(change: Partial<Situation>): void {
    const situation = { ...(this.read().at(-1)?.situation ?? this.described.situation), ...change };
    this.set([...this.read().slice(-100), { at: Date.now(), situation }]);
  }
}

function expectedAfter(command: Command): Partial<Situation> {
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

async function request<Body>(init?: RequestInit): Promise<Body> {
  const response = await fetch(CONTROL_PATH, init);
  if (!response.ok) throw new Error(`${CONTROL_PATH} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
}
