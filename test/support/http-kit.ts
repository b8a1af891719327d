// An http client with a scripted SDK client, in fake time, and the story of the requests and events.

import type { ServiceResult, ServiceRequest } from '../../src/core/ports/http.ts';
import type { MessagingClient } from '../../src/shared/client.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/http/http-client.ts';
import { limit } from './limiter-kit.ts';
import { alice } from './delivery-record.ts';

/** The client's reaction to one request: an Error is thrown, `hang` never ends, anything else is the output. */
export type Reply = unknown;
export const hang: unique symbol = Symbol('never answers');

export interface HttpKit {
  readonly http: HttpClient;
  /** When each request left, in milliseconds since the kit was made. */
  readonly requests: number[];
  /** The commands and abort signals that the client got. */
  readonly commands: object[];
  readonly signals: AbortSignal[];
  /** The events of the http client. */
  readonly story: string[];
  readonly run: (request?: Partial<ServiceRequest>) => Promise<ServiceResult>;
}

export function httpKit(reply: (nth: number) => Reply, options: Partial<HttpClientOptions> = {}): HttpKit {
  const start = Date.now();
  const requests: number[] = [];
  const commands: object[] = [];
  const signals: AbortSignal[] = [];
  const story: string[] = [];
  const client: MessagingClient = {
    send: (command: object, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
      requests.push(Date.now() - start);
      commands.push(command);
      if (abortSignal !== undefined) signals.push(abortSignal);
      const answer = reply(requests.length);
      if (answer === hang) return new Promise(() => undefined);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const http = createHttpClient({
    client,
    rateLimit: limit,
    retry: { retries: 3, minTimeoutMs: 250, maxTimeoutMs: 4_000 },
    requestTimeoutMs: 10_000,
    random: () => 1,
    onRequests: (kind, count) => story.push(`${count} ${kind}`),
    onUnusable: (_bearer, error) => story.push(`unusable: ${(error as Error).message}`),
    onThrottled: (_bearer, { requestsPerSecond }) => story.push(`throttled to ${requestsPerSecond}/s`),
    onSuspended: (_bearer, error) => story.push(`suspended by ${(error as Error).name}`),
    onResumed: () => story.push('resumed'),
    ...options,
  });
  return {
    http,
    requests,
    commands,
    signals,
    story,
    run: (request = {}) => {
      const result = http.execute({
        kind: 'status',
        chimeBearer: alice,
        priority: 'poll',
        signal: new AbortController().signal,
        command: () => ({}),
        ...request,
      });
      // A test that closes the http client with requests in flight need not wait for them.
      result.catch(() => undefined);
      return result;
    },
  };
}
