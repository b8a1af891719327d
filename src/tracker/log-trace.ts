/** Writes the trace to the app's logger: one line for each decision, at debug. Without a logger, nothing is traced. */
import type { Observable } from 'rxjs';
import type { TraceFact } from '../core/ports/trace.ts';
import type { Logger } from '../shared/client.ts';

export function logTrace(facts$: Observable<TraceFact>, logger: Logger): void {
  facts$.subscribe((fact) => {
    const line = lineOf(fact);
    if (line !== undefined) logger.debug(`chime-delivery: ${line}`);
  });
}

/** The line of a fact; undefined where it decides nothing. */
function lineOf(fact: TraceFact): string | undefined {
  switch (fact.kind) {
    case 'transition':
      return `${fact.delivery}: ${fact.from ?? 'new'} -> ${fact.to}${sourceOf(fact.state)}`;
    case 'answer':
      return fact.result === 'ok' ? undefined : `${fact.request} request of ${fact.chimeBearer}: ${fact.result}`;
    case 'budget':
      return `429 for ${fact.chimeBearer}: ${fact.requestsPerSecond} requests per second, after ${Math.round(fact.pausedForMs)} ms`;
    case 'link':
      return `websocket of ${fact.chimeBearer}: ${fact.state}${fact.halfOpen ? ' (half-open)' : ''}${fact.ended ? ' (ended)' : ''}`;
    case 'attempt':
    case 'evidence':
    case 'permit':
      return undefined;
  }
}

function sourceOf(state: Extract<TraceFact, { kind: 'transition' }>['state']): string {
  if ('evidence' in state) return ` (${state.evidence})`;
  return 'reason' in state ? ` (${state.reason})` : '';
}
