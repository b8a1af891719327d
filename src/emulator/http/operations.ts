// The operations by name: each parses its request, calls the service model, and makes the answer. HTTP statuses are the
// service's: 201 for a send, 204 for a deletion.

import type { Operation } from '../service/operation.ts';
import type { ChimeService } from '../service/service.ts';
import type { Answer } from './answer.ts';
import { jsonAnswer } from './answer.ts';
import type { RoutedRequest } from './read-request.ts';
import { readByUrl, readList, readRedact, readSend, readUpdate } from './read-request.ts';

export type Perform = (request: RoutedRequest) => Answer;

export function operationsOf(service: ChimeService, websocketEndpoint: () => string): Record<Operation, Perform> {
  return {
    SendChannelMessage: (request) => jsonAnswer(201, service.writes.send(readSend(request))),
    UpdateChannelMessage: (request) => jsonAnswer(200, service.writes.update(readUpdate(request))),
    RedactChannelMessage: (request) => jsonAnswer(200, service.writes.redact(readRedact(request))),
    DeleteChannelMessage: (request) => jsonAnswer(204, service.writes.delete(readByUrl(request))),
    GetChannelMessage: (request) => jsonAnswer(200, service.reads.get(readByUrl(request))),
    GetChannelMessageStatus: (request) => jsonAnswer(200, service.reads.status(readByUrl(request))),
    ListChannelMessages: (request) => jsonAnswer(200, service.reads.list(...readList(request))),
    GetMessagingSessionEndpoint: () => jsonAnswer(200, { Endpoint: { Url: websocketEndpoint() } }),
  };
}
