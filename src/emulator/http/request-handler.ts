// The way of one HTTP request: the road there (where a fault may strike), the service, the road back. What the service
// says is `service-gate.ts`'s, bytes are `node-http.ts`'s.

import type { IncomingMessage, ServerResponse } from 'node:http';

import type { FaultRule } from '../fault-rules.ts';
import type { OpenRecord } from '../request-log.ts';
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
  const body = await readBody(req);
  // The client went away before it had said what it wanted.
  if (body === undefined) return;
  const route = routeOrRefusal(req);
  if ('status' in route) return reply(parts, record, res, route);

  Object.assign(record, { operation: route.operation, channelArn: route.channelArn, messageId: route.messageId });
  const fault = parts.faults.take('unreachable', { ...route, bearer: record.bearer });
  if (fault) record.fault = fault.kind;
  if (fault && fault.applied !== 'after' && (await struck(parts, fault, record, res))) return;

  const request = { route, bearer: record.bearer, body, authorization: headerOf(req, 'authorization') };
  const held = parts.events.hold(() => answerOf(parts, request, record));
  if (fault?.applied === 'after') {
    // The service is done and tells everybody; only its answer is in trouble.
    held.release();
    if (await struck(parts, fault, record, res)) return;
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

/** Lets the fault happen; true if there is nothing left to answer. */
async function struck(parts: HandlerParts, rule: FaultRule, record: OpenRecord, res: ServerResponse): Promise<boolean> {
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
