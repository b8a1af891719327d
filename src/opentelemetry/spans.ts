/**
 * The spans of a tracker: one for each delivery, from when tracking began to its outcome; one for each request, linked to the
 * deliveries that it is about (a page of a channel polls many at once).
 */
import { SpanKind, SpanStatusCode, type Link, type Span, type Tracer } from '@opentelemetry/api';
import type { AnswerFact, TransitionFact } from '../core/ports/trace.ts';
import { isTerminal } from '../core/status.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import {
  BEARER,
  DELIVERY_ID,
  DESTINATION,
  ERROR_TYPE,
  EVIDENCE,
  MESSAGE_ID,
  OPERATION_NAME,
  OPERATION_TYPE,
  STATUS,
  SYSTEM,
} from './attributes.ts';

/** @returns the function that ends it, and all open spans */
export function recordSpans(tracker: DeliveryTracker, tracer: Tracer): () => void {
  const deliveries = new Map<string, Span>();

  const onTransition = ({ delivery: id, from, to, at, state }: TransitionFact): void => {
    let span = deliveries.get(id);
    if (span === undefined) {
      if (from !== undefined) return;
      const operation = state.operation === 'update' ? 'update' : 'send';
      span = tracer.startSpan(`${operation} ${state.channelArn}`, {
        kind: SpanKind.PRODUCER,
        startTime: state.trackedAt,
        attributes: {
          ...SYSTEM,
          [OPERATION_NAME]: operation,
          [OPERATION_TYPE]: 'send',
          [DESTINATION]: state.channelArn,
          [DELIVERY_ID]: id,
          [BEARER]: state.chimeBearer,
        },
        links: linksOf(state.retryOf === undefined ? [] : [state.retryOf], deliveries),
      });
      deliveries.set(id, span);
    }
    if (state.messageId !== undefined) span.setAttribute(MESSAGE_ID, state.messageId);
    span.addEvent(to, undefined, at);
    if (!isTerminal(to)) return;
    deliveries.delete(id);
    endDelivery(span, state, at);
  };

  const onAnswer = (fact: AnswerFact): void => {
    const { request, at, tookMs, result, chimeBearer, error } = fact;
    const span = tracer.startSpan(OPERATIONS[request], {
      kind: SpanKind.CLIENT,
      startTime: at - tookMs,
      attributes: { ...SYSTEM, [OPERATION_NAME]: request, [BEARER]: chimeBearer },
      links: linksOf(fact.deliveries, deliveries),
    });
    if (result !== 'ok') {
      span.setAttribute(ERROR_TYPE, result);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : result });
    }
    span.end(at);
  };

  const end = (): void => {
    subscription.unsubscribe();
    for (const span of deliveries.values()) span.end();
    deliveries.clear();
  };
  const subscription = tracker.trace$.subscribe({
    next: (fact) => {
      if (fact.kind === 'transition') onTransition(fact);
      else if (fact.kind === 'answer') onAnswer(fact);
    },
    complete: () => {
      for (const span of deliveries.values()) span.end();
      deliveries.clear();
    },
  });
  return end;
}

const OPERATIONS = {
  send: 'SendChannelMessage',
  update: 'UpdateChannelMessage',
  status: 'GetChannelMessageStatus',
  message: 'GetChannelMessage',
  list: 'ListChannelMessages',
  call: 'tracker.call',
} as const;

function endDelivery(span: Span, state: TransitionFact['state'], at: number): void {
  span.setAttribute(STATUS, state.status);
  if ('evidence' in state) span.setAttribute(EVIDENCE, state.evidence);
  if (state.status !== 'SENT') {
    span.setAttribute(ERROR_TYPE, state.status);
    const message = 'detail' in state ? state.detail : 'reason' in state ? state.reason : undefined;
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
  }
  span.end(at);
}

function linksOf(ids: readonly string[], deliveries: ReadonlyMap<string, Span>): Link[] {
  return ids.flatMap((id) => {
    const span = deliveries.get(id);
    return span === undefined ? [] : [{ context: span.spanContext() }];
  });
}
