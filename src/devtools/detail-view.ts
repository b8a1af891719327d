/** What `explain` says of the delivery that is selected. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Explanation } from '../tracker/explain.ts';
import { duration } from './time-window.ts';

export function detailView(explanation: Explanation | undefined, now: number): TemplateResult {
  if (explanation === undefined) return html`<p class="sentence">Select a delivery to see why it is where it is.</p>`;
  const { state, lastEvidence, next, link, budget, sentence } = explanation;
  return html`<p class="sentence">${sentence}</p>
    <dl>
      ${row('id', state.id)} ${row('message', state.messageId)} ${row('channel', lastPart(state.channelArn))}
      ${row('polls', String(state.polls))}
      ${row('last evidence', lastEvidence && `${lastEvidence.source ?? lastEvidence.kind}, ${ago(lastEvidence.at, now)}`)}
      ${row('next', next && `${next.why}${next.at === undefined ? '' : ` in ${duration(Math.max(0, next.at - now))}`}`)}
      ${row('push', link)} ${row('budget', `${budget.requestsPerSecond} requests per second`)}
      ${row('retry of', state.retryOf)}
    </dl>`;
}

function row(name: string, value: string | undefined): TemplateResult | typeof nothing {
  return value === undefined
    ? nothing
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function ago(at: number, now: number): string {
  return `${duration(Math.max(0, now - at))} ago`;
}
