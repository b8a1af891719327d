/**
 * Records the trace of a tracker for the timeline: the lanes of its deliveries, and when push was up. Bounded: the oldest lanes
 * and marks go first.
 */
import type { Observable } from 'rxjs';
import type { TraceFact } from '../core/ports/trace.ts';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';

/** Something that happened to a delivery. */
export interface Mark {
  readonly at: number;
  readonly kind: 'send' | 'poll' | 'push' | 'failed';
  /** For a screen reader, and as a tooltip. */
  readonly text: string;
}

/** The lane of one delivery. */
export interface Lane {
  readonly id: string;
  readonly state: DeliveryState;
  readonly marks: readonly Mark[];
}

export interface LinkChange {
  readonly at: number;
  readonly state: 'up' | 'down';
}

export interface RecordingView {
  /** Newest first. */
  readonly lanes: readonly Lane[];
  readonly links: readonly LinkChange[];
  /** When requests left, in the last second. */
  readonly requests: readonly number[];
  /** All facts that are kept, oldest first. */
  readonly facts: readonly TraceFact[];
}

export type RecordedTracker = Pick<DeliveryTracker, 'deliveries$' | 'stats' | 'explain'> & {
  readonly trace$: Observable<TraceFact>;
};

const MAX_LANES = 100;
const MAX_MARKS = 200;
const MAX_FACTS = 5_000;

export class Recording {
  readonly #lanes = new Map<string, Lane>();
  #links: readonly LinkChange[];
  #facts: TraceFact[] = [];
  readonly #stop: () => void;

  /** @param onChange called after each fact */
  constructor(tracker: RecordedTracker, onChange: () => void) {
    this.#links = [{ at: Date.now(), state: tracker.stats.link }];
    const recording = tracker.trace$.subscribe((fact) => {
      this.#record(fact);
      onChange();
    });
    // What was tracked before.
    tracker.deliveries$
      .subscribe((deliveries) => {
        for (const state of deliveries.values()) this.#setState(state);
      })
      .unsubscribe();
    this.#stop = () => recording.unsubscribe();
  }

  read(now: number): RecordingView {
    return {
      lanes: [...this.#lanes.values()].toReversed(),
      links: this.#links,
      requests: this.#facts.flatMap(({ kind, at }) => (kind === 'attempt' && now - at < 1_000 ? at : [])),
      facts: this.#facts,
    };
  }

  end(): void {
    this.#stop();
  }

  #record(fact: TraceFact): void {
    this.#facts.push(fact);
    if (this.#facts.length > MAX_FACTS) this.#facts = this.#facts.slice(-MAX_FACTS / 2);
    if (fact.kind === 'transition') this.#setState(fact.state);
    if (fact.kind === 'link') this.#links = [...this.#links.slice(-MAX_MARKS), { at: fact.at, state: fact.state }];
    for (const [id, mark] of marksOf(fact)) this.#addMark(id, mark);
  }

  #setState(state: DeliveryState): void {
    this.#lanes.set(state.id, { id: state.id, marks: [], ...this.#lanes.get(state.id), state });
    for (const id of this.#lanes.keys()) {
      if (this.#lanes.size <= MAX_LANES) return;
      this.#lanes.delete(id);
    }
  }

  #addMark(id: string, mark: Mark): void {
    const lane = this.#lanes.get(id);
    if (lane !== undefined) this.#lanes.set(id, { ...lane, marks: [...lane.marks, mark].slice(-MAX_MARKS) });
  }
}

function marksOf(fact: TraceFact): readonly (readonly [string, Mark])[] {
  const { at } = fact;
  switch (fact.kind) {
    case 'attempt': {
      const kind = fact.request === 'send' || fact.request === 'update' ? 'send' : 'poll';
      return fact.deliveries.map((id) => [id, { at, kind, text: `${fact.request} request` }]);
    }
    case 'answer':
      if (fact.result === 'ok' || fact.result === 'not-found') return [];
      return fact.deliveries.map((id) => [id, { at, kind: 'failed', text: `${fact.request} request: ${fact.result}` }]);
    case 'evidence':
      if (fact.source !== 'websocket' && fact.source !== 'prefetch') return [];
      return [[fact.delivery, { at, kind: 'push', text: `push: ${fact.status ?? ''}` }]];
    case 'transition':
    case 'permit':
    case 'link':
    case 'budget':
      return [];
  }
}
