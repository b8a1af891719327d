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
const special = (
  { reads, writes }: ChimeService,
  websocketEndpoint: () => string,
): Partial<Record<Operation, (request: RoutedRequest) => unknown>> => ({
  SendChannelMessage: (request) => writes.send(readSend(request)),
  UpdateChannelMessage: (request) => writes.update(readUpdate(request)),
  RedactChannelMessage: (request) => writes.redact(readRedact(request)),
  DeleteChannelMessage: (request) => writes.delete(readByUrl(request)),
  GetChannelMessage: (request) => reads.get(readByUrl(request)),
  GetChannelMessageStatus: (request) => reads.status(readByUrl(request)),
  ListChannelMessages: (request) => reads.list(...readList(request)),
  GetMessagingSessionEndpoint: () => ({ Endpoint: { Url: websocketEndpoint() } }),
});

export function operationsOf(service: ChimeService, websocketEndpoint: () => string): Record<Operation, Perform> {
  const own = special(service, websocketEndpoint);
  const entries = (Object.keys(models) as Operation[]).map((name): [Operation, Perform] => {
    const perform = own[name] ?? ((request: RoutedRequest) => direct(service, name, request));
    return [name, (request) => jsonAnswer(models[name].status, perform(request))];
  });
  return Object.fromEntries(entries) as Record<Operation, Perform>;
}

function direct({ directory }: ChimeService, operation: Operation, { route, bearer, body }: RoutedRequest): unknown {
  const handler = directory.operations[operation];
  if (handler === undefined) throw new Error(`The operation ${operation} has no handler.`);
  const header = (name: string): string | undefined => (name === BEARER_HEADER ? bearer : undefined);
  const input = readInput({ operation, labels: route.labels, query: route.query, header, body });
  return handler(input, bearer);
}
