/**
 * Sends that their callers make themselves, since the fleet does not keep content: the holder waits for the caller's word, and takes
 * over when the caller must have ended.
 */
import { MAX_TIMER_MS } from '../shared/time.ts';

export interface CallWatchPorts {
  /** How long a caller may take, in milliseconds. */
  readonly graceMs: number;
  /** The engine's clock. */
  readonly now: () => number;
  readonly onOverdue: (id: string) => void;
}

/** Time for the word of a caller to arrive, in milliseconds. */
const SLACK_MS = 5_000;

export class CallWatch {
  readonly #ports: CallWatchPorts;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(ports: CallWatchPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#timers.size;
  }

  /** @param since when the caller began, by the engine's clock */
  begin(id: string, since: number): void {
    const { graceMs, now, onOverdue } = this.#ports;
    clearTimeout(this.#timers.get(id));
    const delay = Math.max(0, since + graceMs + SLACK_MS - now());
    this.#timers.set(
      id,
      setTimeout(() => onOverdue(id), Math.min(delay, MAX_TIMER_MS)),
    );
  }

  end(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
