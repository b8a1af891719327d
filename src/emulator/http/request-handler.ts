// Handles one HTTP request: a network fault on the way, the service, a network fault on the way back. `service-gate.ts` makes
// the service's answer, and `node-http.ts` handles the streams.

import type { IncomingMessage, ServerResponse } from 'node:http';

import type { FaultRule } from '../fault-rules.ts';
import type { OpenRecord, RequestRecord } from '../request-log.ts';
import { requestId } from '../service/ids.ts';
import type { World } from '../service/world.ts';
import type { EventGate } from '../socket/event-gate.ts';
import type { Answer } from './answer.ts';
import { fakeGatewayAnswer, errorAnswer } from './answer.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import type { Route } from './routes.ts';
import { routeOf } from './routes.ts';
import type { GateParts } from './service-gate.ts';
import { answerOf, refusalOf } from './service-gate.ts';
import { headerOf, readBody, resetConnection, writeAnswer } from './node-http.ts';

export interface HandlerParts extends GateParts {
  readonly world: World;
  /** Called with each request once it has its end. */
  readonly onRequest: ((record: RequestRecord) => void) | undefined;
  readonly log: OpenRecord[];
  readonly events: EventGate;
}

/** Answers one request; resolves when it is answered, lost, or left hanging. */
export async function handleRequest(parts: HandlerParts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === 'OPTIONS') {
    res.writeHead(204, preflightHeaders(req.headers)).end();
    return;
  }
  const record = openRecord(parts.world.now(), req);
  parts.log.push(record);
  await answer(parts, record, req, res);
  parts.onRequest?.(record);
}

async function answer(
  parts: HandlerParts,
  record: OpenRecord,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const body = await readBody(req);
  // The client closed the connection before its request was complete.
  if (body === undefined) return;
  const route = routeOrRefusal(req);
  if ('status' in route) return reply(parts, record, res, route);

  Object.assign(record, { operation: route.operation, channelArn: route.channelArn, messageId: route.messageId });
  const fault = parts.faults.take('network', { ...route, bearer: record.bearer });
  if (fault) record.fault = fault.kind;
  if (fault && fault.applied !== 'after' && (await applyFault(parts, fault, record, res))) return;

  const request = { route, bearer: record.bearer, body, authorization: headerOf(req, 'authorization') };
  const held = parts.events.hold(() => answerOf(parts, request, record));
  if (fault?.applied === 'after') {
    // The operation has taken effect, and its events go out; only its answer is affected.
    held.release();
    if (await applyFault(parts, fault, record, res)) return;
  }
  await held.delivered();
  await reply(parts, record, res, held.result);
  held.release();
}

function routeOrRefusal(req: IncomingMessage): Route | Answer {
  try {
    return routeOf(req.method ?? '', req.url ?? '');
  } catch (error) {
    return errorAnswer(refusalOf(error));
  }
}

/** Carries the fault out; resolves with true if it has replaced the answer. */
async function applyFault(
  parts: HandlerParts,
  rule: FaultRule,
  record: OpenRecord,
  res: ServerResponse,
): Promise<boolean> {
  const { kind, delayMs = 0 } = rule;
  if (delayMs > 0) await new Promise<void>((resolve) => parts.world.after(delayMs, resolve));
  if (kind === 'slow') return false;
  if (kind === 'reset') resetConnection(res);
  else if (kind !== 'hang') await reply(parts, record, res, fakeGatewayAnswer(rule));
  return true;
}

async function reply(parts: HandlerParts, record: OpenRecord, res: ServerResponse, answer: Answer): Promise<void> {
  const { settings, world } = parts;
  record.status = answer.status;
  record.error = answer.error;
  const id = answer.genuine && !settings.hideRequestId ? { 'x-amzn-requestid': requestId(world.random) } : {};
  await writeAnswer(res, { ...answer, headers: { ...answer.headers, ...corsHeaders(settings.exposedHeaders), ...id } });
}

function openRecord(at: number, req: IncomingMessage): OpenRecord {
  const attempt = /attempt=(\d+)/.exec(headerOf(req, 'amz-sdk-request') ?? '')?.[1];
  return {
    at,
    operation: 'Unknown',
    bearer: headerOf(req, 'x-amz-chime-bearer') ?? '',
    channelArn: undefined,
    messageId: undefined,
    status: 0,
    error: undefined,
    fault: undefined,
    attempt: attempt === undefined ? undefined : Number(attempt),
  };
}
