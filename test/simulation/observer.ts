// Observes one tracker by all its public ways and records it. The invariants are judged in `invariants/`.

import type { Delivery, DeliveryState, DeliveryTracker, TerminalState } from 'chime-delivery';
import type { MessagePlan } from './plan.ts';

/** The observations about one id. */
interface Heard {
  /** Statuses by `updates$`. */
  readonly updates: string[];
  /** Names of its events, except 'update'. */
  readonly events: string[];
  readonly settled: TerminalState[];
}

/** One delivery of one tracker, and all observations of it. */
export interface Followed extends Heard {
  readonly id: string;
  readonly message: MessagePlan;
  readonly bearer: string;
  /** Tracked by its id rather than sent by the tracker. */
  readonly adopted: boolean;
  readonly delivery: Pick<Delivery, 'id' | 'state'>;
  /** When following began, in the time of the world. */
  readonly since: number;
  /** The same in an earlier session of the device, if its store is to restore it. */
  readonly earlier?: Followed;
  /** Statuses by `state$`, and 'complete'; undefined without a subscriber. */
  readonly stream: string[] | undefined;
  /** The result of `settled`; 'not read' without a reader. */
  promise: TerminalState | Error | 'not read' | undefined;
  /** It was forgotten before its end. */
  ended: 'forgotten' | 'closed' | 'crashed' | undefined;
  calledOff: boolean;
}

export interface ObserverPorts {
  /** A delivery has settled: judged at that moment. */
  readonly onSettled: (followed: Followed, state: TerminalState) => void;
  /** What the app does in its listeners: the tracker must bear what it throws. */
  readonly inListener: (state: DeliveryState) => Promise<never> | undefined;
}

export class DeliveryObserver {
  readonly followed: Map<string, Followed> = new Map();
  readonly errors: Error[] = [];
  /** 'suspended' and 'resumed', in order. */
  readonly suspensions: string[] = [];
  /** Deliveries that should be one and are two, or the other way round. */
  readonly confused: string[] = [];
  /** Events after the tracker was closed. */
  readonly late: string[] = [];
  isClosed = false;
  readonly #events = new Map<string, Heard>();
  readonly #excused = new Set<string>();
  readonly #pushStatus: ObserverPorts;

  constructor(tracker: DeliveryTracker, pushStatus: ObserverPorts) {
    this.#pushStatus = pushStatus;
    for (const event of ['sent', 'failed', 'unknown'] as const) {
      // An async listener returns its promise.
      const listener = (state: DeliveryState): unknown => {
        this.#hear(event, state).events.push(event);
        return pushStatus.inListener(state);
      };
      tracker.on(event, listener);
    }
    tracker.on('settled', (state) => this.#settled(state));
    tracker.on('error', (error) => this.errors.push(error));
    tracker.on('suspended', () => this.suspensions.push('suspended'));
    tracker.on('resumed', () => this.suspensions.push('resumed'));
    tracker.updates$.subscribe((state) => this.#hear('updates$', state).updates.push(state.status));
  }

  /** Ids in events that were never given to the tracker. */
  get strangers(): string[] {
    return [...this.#events.keys()].filter((id) => !this.followed.has(id) && !this.#excused.has(id));
  }

  /** The end of a delivery that is not followed yet, at its event. */
  settledOf(id: string): readonly TerminalState[] {
    return this.#about(id).settled;
  }

  /** This one could not be followed. */
  excuse(id: string): void {
    this.#excused.add(id);
  }

  follow(
    delivery: Pick<Delivery, 'id' | 'state' | 'state$'> & Partial<Pick<Delivery, 'settled'>>,
    about: Pick<Followed, 'message' | 'bearer' | 'adopted' | 'since'>,
    { byStream, byPromise }: { byStream: boolean; byPromise: boolean },
  ): Followed {
    const known = this.followed.get(delivery.id);
    // A token that an earlier session was done with may be used again, elsewhere.
    const isOver = known !== undefined && known.message.text !== about.message.text && wasDone(known.earlier);
    if (known !== undefined && !isOver) {
      if (known.message.text !== about.message.text)
        this.confused.push(`${known.message.text} and ${about.message.text} are one delivery`);
      return known;
    }
    const stream: string[] = [];
    const followed: Followed = {
      ...this.#about(delivery.id),
      ...about,
      id: delivery.id,
      delivery,
      stream: byStream ? stream : undefined,
      promise: byPromise && delivery.settled !== undefined ? undefined : 'not read',
      ended: undefined,
      calledOff: false,
    };
    this.followed.set(delivery.id, followed);
    // If the app reads it and does not catch, a rejection must not end the process.
    const { settled } = delivery;
    if (byPromise && settled !== undefined) {
      settled.then(
        (state) => (followed.promise = state),
        (error: Error) => (followed.promise = error),
      );
    }
    if (byStream) {
      delivery.state$.subscribe({
        next: ({ status }) => stream.push(status),
        error: () => stream.push('error'),
        complete: () => stream.push('complete'),
      });
    }
    // It may have settled before the caller had its handle.
    for (const state of followed.settled) this.#pushStatus.onSettled(followed, state);
    return followed;
  }

  /** Waits for what the store is to restore from an earlier session. It has no handle yet, and no promise. */
  expect(earlier: Followed, tracker: DeliveryTracker, since: number): void {
    const { id, message, bearer, adopted, calledOff } = earlier;
    if (this.followed.has(id)) return;
    const events = this.#about(id);
    const delivery = {
      id,
      get state(): DeliveryState {
        return tracker.get(id) ?? events.settled[0] ?? earlier.delivery.state;
      },
    };
    const about = { id, message, bearer, adopted, calledOff, delivery, earlier, since };
    this.followed.set(id, { ...events, ...about, stream: undefined, promise: undefined, ended: undefined });
  }

  /** Everything that is still open ends this way. */
  end(how: 'closed' | 'crashed'): void {
    for (const followed of this.followed.values()) {
      if (followed.settled.length === 0 && followed.ended !== 'forgotten') followed.ended = how;
    }
    this.isClosed = true;
  }

  #settled(state: TerminalState): void {
    const events = this.#hear('settled', state);
    events.events.push('settled');
    events.settled.push(state);
    const followed = this.followed.get(state.id);
    if (followed !== undefined) this.#pushStatus.onSettled(followed, state);
  }

  #hear(what: string, { id }: DeliveryState): Heard {
    if (this.isClosed) this.late.push(`${what} of ${id}`);
    return this.#about(id);
  }

  #about(id: string): Heard {
    let events = this.#events.get(id);
    if (events === undefined) {
      events = { updates: [], events: [], settled: [] };
      this.#events.set(id, events);
    }
    return events;
  }
}

function wasDone(followed: Followed | undefined): boolean {
  return followed !== undefined && (followed.settled.length > 0 || wasDone(followed.earlier));
}
