/**
 * The element `<delivery-devtools>`: the timeline of a tracker, live. It reads the tracker's public interface alone, and nothing
 * while it is not in the document.
 */
import { html, LitElement, nothing, type CSSResult, type PropertyDeclarations, type TemplateResult } from 'lit';
import { detailView } from './detail-view.ts';
import { laneView, textOf } from './lane-view.ts';
import { Recording, type Lane, type RecordedTracker, type RecordingView } from './recording.ts';
import { styles } from './styles.ts';

/** How often the timeline moves, in milliseconds. */
const FRAME_MS = 250;
const MAX_SHOWN = 20;

export class DeliveryDevtools extends LitElement {
  static override readonly styles: CSSResult = styles;
  static override readonly properties: PropertyDeclarations = {
    tracker: { attribute: false },
    label: {},
    floating: { type: Boolean, reflect: true },
    selected: { state: true },
    filter: { state: true },
    pausedAt: { state: true },
    notice: { state: true },
  };

  /** The tracker to show. */
  declare tracker: RecordedTracker | undefined;
  /** The heading. Default: `Deliveries`. */
  declare label: string;
  /** At the lower edge of the window, over the page. */
  declare floating: boolean;
  declare selected: string | undefined;
  declare filter: string;
  declare pausedAt: number | undefined;
  declare notice: string;
  #recording: Recording | undefined;
  #recorded: RecordedTracker | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** What was shown when it was paused. */
  #frozen: RecordingView | undefined;

  constructor() {
    super();
    this.label = 'Deliveries';
    this.floating = false;
    this.filter = '';
    this.notice = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#record();
    this.#timer = setInterval(() => {
      if (this.pausedAt === undefined) this.requestUpdate();
    }, FRAME_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    this.#recording?.end();
    this.#recording = undefined;
    this.#recorded = undefined;
  }

  /** What is recorded, as JSON: the facts of the trace, and the states. */
  toJSON(): object {
    const { facts = [], lanes = [] } = this.#recording?.read(Date.now()) ?? {};
    return { facts, deliveries: lanes.map(({ state }) => state) };
  }

  protected override render(): TemplateResult {
    this.#record();
    const now = this.pausedAt ?? Date.now();
    const view = this.#frozen ?? this.#recording?.read(now);
    const lanes = view?.lanes.filter((lane) => passes(lane, this.filter)).slice(0, MAX_SHOWN) ?? [];
    const explanation = this.selected === undefined ? undefined : this.tracker?.explain(this.selected);
    return html`<section aria-label=${this.label}>
      ${this.#header(view)}
      <ol>
        ${
          lanes.length === 0
            ? html`<li class="empty">${this.filter === '' ? 'No delivery yet.' : 'No delivery passes the filter.'}</li>`
            : lanes.map((lane) =>
                laneView(lane, {
                  now,
                  links: view?.links ?? [],
                  isSelected: lane.id === this.selected,
                  onSelect: () => (this.selected = lane.id === this.selected ? undefined : lane.id),
                }),
              )
        }
      </ol>
      <div class="detail" aria-live="polite">${detailView(explanation, now)}</div>
      ${keysView}
    </section>`;
  }

  #header(view: RecordingView | undefined): TemplateResult {
    const { tracker } = this;
    const link = tracker?.stats.link ?? 'down';
    const lane = view?.lanes[0];
    const rate = lane && tracker?.explain(lane.id)?.budget.requestsPerSecond;
    const requests = view?.requests.length ?? 0;
    const { requests: counts, evidence, throttles } = tracker?.stats ?? NO_STATS;
    const polls = counts.status + counts.message + counts.list;
    const sends = counts.send + (counts.update ?? 0);
    return html`<header>
      <h2>${this.label}</h2>
      <span class="link" data-link=${link}>push ${link}</span>
      <span>${tracker?.stats.pending ?? 0} pending</span>
      <dl class="counts">
        ${countView('sends', sends)} ${countView('polls', polls)}
        ${countView('outcomes pushed', evidence.websocket + evidence.prefetch)}
        ${throttles === 0 ? nothing : countView('throttled', throttles)}
      </dl>
      <label class="gauge"
        >budget
        <meter min="0" max=${rate ?? 1} value=${Math.min(requests, rate ?? 1)}></meter>
        <span>${requests}${rate === undefined ? '' : ` of ${rate}`} per second</span></label
      >
      <span class="tools">
        <input
          type="search"
          placeholder="Filter"
          aria-label="Filter deliveries"
          .value=${this.filter}
          @input=${(event: Event) => (this.filter = (event.target as HTMLInputElement).value)}
        />
        <button type="button" aria-pressed=${this.pausedAt !== undefined} @click=${() => this.#pause()}>
          ${this.pausedAt === undefined ? 'Pause' : 'Go on'}
        </button>
        <button type="button" @click=${() => void this.#copy()}>Copy JSON</button>
        <span role="status">${this.notice}</span>
      </span>
    </header>`;
  }

  /** Begins to record a tracker that is new here. */
  #record(): void {
    const { tracker } = this;
    if (tracker === this.#recorded || !this.isConnected) return;
    this.#recording?.end();
    this.#recorded = tracker;
    this.#recording = tracker && new Recording(tracker, () => this.pausedAt === undefined && this.requestUpdate());
  }

  #pause(): void {
    const isPaused = this.pausedAt !== undefined;
    const now = Date.now();
    this.#frozen = isPaused ? undefined : this.#recording?.read(now);
    this.pausedAt = isPaused ? undefined : now;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(this.toJSON(), undefined, 2));
      this.notice = 'Copied.';
    } catch (error) {
      this.notice = `Not copied: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

const NO_STATS = {
  requests: { send: 0, update: 0, status: 0, message: 0, list: 0 },
  evidence: { websocket: 0, prefetch: 0 },
  throttles: 0,
} as const;

function countView(name: string, value: number): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

const keysView = html`<footer class="keys">
  <span><i class="key" data-kind="send"></i> send</span> <span><i class="key" data-kind="poll"></i> poll</span>
  <span><i class="key" data-kind="push"></i> push</span> <span><i class="key" data-kind="failed"></i> failed</span>
  <span><i class="key band" data-link="up"></i> push up</span>
  <span><i class="key band" data-link="down"></i> push down</span>
</footer>`;

function passes({ state }: Lane, filter: string): boolean {
  const text = `${textOf(state)} ${state.status} ${state.id} ${state.messageId ?? ''} ${state.channelArn}`;
  return text.toLowerCase().includes(filter.trim().toLowerCase());
}
