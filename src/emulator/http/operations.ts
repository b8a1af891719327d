// The operations by name: each parses its request, calls the service model, and makes the answer. The HTTP statuses are those of the
// service's model.

import { operations as models } from '../model/operations.ts';
import type { Operation } from '../service/operation.ts';
import type { ChimeService } from '../service/service.ts';
import type { Answer } from './answer.ts';
import { jsonAnswer } from './answer.ts';
import type { RoutedRequest } from './read-request.ts';
import { readInput } from './read-input.ts';
import { BEARER_HEADER, readByUrl, readList, readRedact, readSend, readUpdate } from './read-request.ts';

export type Perform = (request: RoutedRequest) => Answer;

/** The operations whose requests have checks of their own, beyond the shapes of the SDK. */
const messages = (service: ChimeService, websocketEndpoint: () => string): Partial<Record<Operation, Perform>> => ({
  SendChannelMessage: (request) => jsonAnswer(201, service.writes.send(readSend(request))),
  UpdateChannelMessage: (request) => jsonAnswer(200, service.writes.update(readUpdate(request))),
  RedactChannelMessage: (request) => jsonAnswer(200, service.writes.redact(readRedact(request))),
  DeleteChannelMessage: (request) => jsonAnswer(204, service.writes.delete(readByUrl(request))),
  GetChannelMessage: (request) => jsonAnswer(200, service.reads.get(readByUrl(request))),
  GetChannelMessageStatus: (request) => jsonAnswer(200, service.reads.status(readByUrl(request))),
  ListChannelMessages: (request) => jsonAnswer(200, service.reads.list(...readList(request))),
  GetMessagingSessionEndpoint: () => jsonAnswer(200, { Endpoint: { Url: websocketEndpoint() } }),
});

export function operationsOf(service: ChimeService, websocketEndpoint: () => string): Record<Operation, Perform> {
  const special = messages(service, websocketEndpoint);
  const entries = (Object.keys(models) as Operation[]).map((name): [Operation, Perform] => [
    name,
    special[name] ?? ((request) => direct(service, name, request)),
  ]);
  return Object.fromEntries(entries) as Record<Operation, Perform>;
}

function direct({ directory }: ChimeService, operation: Operation, { route, bearer, body }: RoutedRequest): Answer {
  const handler = directory.operations[operation];
  if (handler === undefined) throw new Error(`The operation ${operation} has no handler.`);
  const header = (name: string): string | undefined => (name === BEARER_HEADER ? bearer : undefined);
  const input = readInput({ operation, labels: route.labels, query: route.query, header, body });
  return jsonAnswer(models[operation].status, handler(input, bearer));
}
