// The faults that a test scripts, and the registry that picks one for a request. `http/` carries them out.

import type { Operation } from './service/operation.ts';

/**
 * - `'error'`: the service refuses with `status` and `errorType`
 * - `'reset'`: the connection is reset, no answer
 * - `'hang'`: the connection stays open, no answer comes
 * - `'slow'`: the answer is correct, but `delayMs` late
 * - `'empty'`: a 200 (or `status`) with zero bytes and no request id, as from a broken proxy
 * - `'no-content'`: a 204 with no request id
 * - `'html'`: a 200 (or `status`) with a page of HTML, as from a captive portal
 * - `'gateway'`: a refusal by a gateway with `status` (default 404) and JSON with a `code`; it has no request id, no error-type
 *   header and no `__type`
 */
export type FaultKind = 'error' | 'reset' | 'hang' | 'slow' | 'empty' | 'html' | 'no-content' | 'gateway';

/** A scripted fault: the requests that it matches, and what happens to them. An omitted field matches every request. */
export interface FaultRule {
  kind: FaultKind;
  operation?: Operation | readonly Operation[] | undefined;
  bearer?: string | undefined;
  channelArn?: string | undefined;
  messageId?: string | undefined;
  /** The probability that it affects a request that it matches. @default 1 */
  probability?: number | undefined;
  /** How many requests it affects before it is used up. @default Infinity */
  times?: number | undefined;
  /** HTTP status of an `'error'` (default 500), `'gateway'` (404), `'empty'` or `'html'` (200). */
  status?: number | undefined;
  /** The error type of an `'error'`. @default the modelled one of the status */
  errorType?: string | undefined;
  /** The `code` in the JSON of a `'gateway'`. @default 'ResourceNotFound' */
  code?: string | undefined;
  /** The content type that a `'gateway'` declares. @default 'application/json' */
  contentType?: string | undefined;
  /** The message of an `'error'` or a `'gateway'`. */
  message?: string | undefined;
  /** How late a `'slow'` answer is, in milliseconds; for the others, how long the request waits before the fault. @default 0 */
  delayMs?: number | undefined;
  /** The `Retry-After` of an `'error'`. */
  retryAfterSeconds?: number | undefined;
  /** `'after'`: the operation takes effect before the fault happens, so that its answer is lost. @default 'before' */
  applied?: 'before' | 'after' | undefined;
}

/** The fields of a request that a rule is matched against. */
export interface FaultTarget {
  readonly operation: Operation;
  readonly bearer: string;
  readonly channelArn: string | undefined;
  readonly messageId: string | undefined;
}

interface ActiveRule {
  readonly rule: FaultRule;
  remaining: number;
}

const kinds: readonly string[] = ['error', 'reset', 'hang', 'slow', 'empty', 'html', 'no-content', 'gateway'];

export class FaultRegistry {
  readonly #random: () => number;
  readonly #active = new Set<ActiveRule>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a rule; returns the function that removes it. */
  add(rule: FaultRule): () => void {
    const { kind, probability = 1, times = Infinity } = rule;
    if (!kinds.includes(kind))
      throw new TypeError(`Expected a fault's kind to be one of ${kinds.join(', ')}; got ${kind}.`);
    if (!(probability >= 0 && probability <= 1)) {
      throw new TypeError(`Expected a fault's probability to be from 0 to 1; got ${probability}.`);
    }
    if (!(times >= 1)) throw new TypeError(`Expected a fault's times to be at least 1; got ${times}.`);
    const active = { rule, remaining: times };
    this.#active.add(active);
    return () => void this.#active.delete(active);
  }

  /** The first rule, in the order of adding, that affects this request at this place. */
  take(place: 'network' | 'service', target: FaultTarget): FaultRule | undefined {
    for (const active of this.#active) {
      if (placeOf(active.rule) !== place || !matches(active.rule, target)) continue;
      const { probability = 1 } = active.rule;
      if (probability < 1 && this.#random() >= probability) continue;
      active.remaining -= 1;
      if (active.remaining <= 0) this.#active.delete(active);
      return active.rule;
    }
    return undefined;
  }
}

// Errors come from the service itself, for requests that are signed and within the budget; other faults come from the network.
function placeOf(rule: FaultRule): 'network' | 'service' {
  return rule.kind === 'error' ? 'service' : 'network';
}

function matches(rule: FaultRule, target: FaultTarget): boolean {
  const { operation, bearer, channelArn, messageId } = rule;
  return (
    (operation === undefined || [operation].flat().includes(target.operation)) &&
    (bearer === undefined || bearer === target.bearer) &&
    (channelArn === undefined || channelArn === target.channelArn) &&
    (messageId === undefined || messageId === target.messageId)
  );
}
