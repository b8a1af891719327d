// Applies the page's commands to the emulator, and holds the faults in effect.
import { faults, type ChimeEmulator, type Flow } from 'chime-delivery/emulator';
import type { Command, Situation, SocketState } from '../protocol.ts';
import { decide } from './processor.ts';

export class FaultController {
  readonly #emulator: ChimeEmulator;
  readonly #ends = new Map<'expire' | 'throttle', () => void>();
  #situation: Situation = {
    sockets: 'working',
    expiredUntil: 0,
    throttledUntil: 0,
    processor: { outcome: 'SENT', delayMs: 1_000 },
  };

  constructor(emulator: ChimeEmulator) {
    this.#emulator = emulator;
  }

  readonly flow: Flow = () => decide(this.#situation.processor);

  get situation(): Situation {
    return this.#situation;
  }

  apply(command: Command): Situation {
    switch (command.do) {
      case 'sockets':
        this.#setSockets(command.to);
        return this.#now({ sockets: command.to });
      case 'expire':
        this.#inject('expire', command.seconds);
        return this.#now({ expiredUntil: Date.now() + command.seconds * 1_000 });
      case 'throttle':
        this.#inject('throttle', command.seconds);
        return this.#now({ throttledUntil: Date.now() + command.seconds * 1_000 });
      case 'process':
        return this.#now({ processor: { outcome: command.outcome, delayMs: command.delayMs } });
    }
  }

  close(): void {
    for (const end of this.#ends.values()) end();
  }

  #now(change: Partial<Situation>): Situation {
    return (this.#situation = { ...this.#situation, ...change });
  }

  #setSockets(to: SocketState): void {
    this.#emulator.refuseSockets(to === 'dropped');
    if (to === 'dropped') this.#emulator.dropSockets();
    this.#emulator.halfOpenSockets(to === 'half-open');
  }

  /** Injects a fault for so many seconds. Another call restarts the time. */
  #inject(kind: 'expire' | 'throttle', seconds: number): void {
    this.#ends.get(kind)?.();
    const endFault = this.#emulator.fault(kind === 'expire' ? faults.expiredToken() : faults.throttled());
    const timer = setTimeout(() => this.#ends.get(kind)?.(), seconds * 1_000);
    this.#ends.set(kind, () => {
      clearTimeout(timer);
      endFault();
      this.#ends.delete(kind);
    });
  }
}
