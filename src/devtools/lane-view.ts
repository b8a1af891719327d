/** One delivery as a row of the timeline: its text, its track with marks, and its state. */
import { html, nothing, type TemplateResult } from 'lit';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { Lane, LinkChange } from './recording.ts';
import { duration, isShown, placeOf, spanOf } from './time-window.ts';

export interface LaneViewOptions {
  readonly now: number;
  readonly links: readonly LinkChange[];
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

export function laneView({ state, marks }: Lane, options: LaneViewOptions): TemplateResult {
  const { now, links, isSelected, onSelect } = options;
  const end = 'settledAt' in state ? state.settledAt : now;
  const shownMarks = marks.filter(({ at }) => isShown(at, now));
  return html`<li>
    <button type="button" class="lane" aria-pressed=${isSelected} data-status=${state.status} @click=${onSelect}>
      <span class="text">${textOf(state)}</span>
      <span class="track" aria-hidden="true">
        ${bandsView(links, now)}
        ${
          isShown(end, now)
            ? html`<i class="line" data-status=${state.status} style=${spanOf(state.trackedAt, end, now)}></i>`
            : nothing
        }
        ${shownMarks.map(
          ({ at, kind, text }) =>
            html`<i class="mark" data-kind=${kind} title=${text} style="left:${placeOf(at, now)}%"></i>`,
        )}
        ${
          'settledAt' in state && isShown(end, now)
            ? html`<i class="end" data-status=${state.status} style="left:${placeOf(end, now)}%"></i>`
            : nothing
        }
      </span>
      <span class="state"><b data-status=${state.status}>${state.status}</b> <span>${timeView(state, now)}</span></span>
    </button>
  </li>`;
}

/** When push was up, and when it was down. */
export function bandsView(links: readonly LinkChange[], now: number): TemplateResult[] {
  return links.flatMap(({ at, state }, index) => {
    const until = links[index + 1]?.at ?? now;
    return isShown(until, now) ? [html`<i class="band" data-link=${state} style=${spanOf(at, until, now)}></i>`] : [];
  });
}

function timeView(state: DeliveryState, now: number): string {
  if (!('settledAt' in state)) return duration(now - state.trackedAt);
  const how = 'evidence' in state ? state.evidence : state.reason;
  return `${how}, ${duration(state.settledAt - state.trackedAt)}`;
}

export function textOf(state: DeliveryState): string {
  const content = state.input?.Content;
  const what = state.operation === 'update' ? 'edit: ' : '';
  return `${what}${content ?? state.messageId ?? state.id}`;
}
