// A road with a client that answers as told, in fake time, and the story of what left and what was announced.

import type { Answer, Errand, MessagingClient } from '../../src/core/ports.ts';
import { createRoad, type OpenRoad, type RoadOptions } from '../../src/request/road.ts';
import { limit } from './budget-kit.ts';
import { alice } from './known.ts';

/** What the client does with one request: an Error is thrown, `hang` never ends, anything else is the output. */
export type Reply = unknown;
export const hang: unique symbol = Symbol('never answers');

export interface RoadKit {
  readonly road: OpenRoad;
  /** When each request left, in milliseconds since the kit was made. */
  readonly requests: number[];
  /** The commands and abort signals that the client was given. */
  readonly commands: object[];
  readonly signals: AbortSignal[];
  /** What the road has told its owner. */
  readonly story: string[];
  readonly run: (errand?: Partial<Errand>) => Promise<Answer>;
}

export function roadKit(reply: (nth: number) => Reply, options: Partial<RoadOptions> = {}): RoadKit {
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
  const road = createRoad({
    client,
    rateLimit: limit,
    retry: { retries: 3, minTimeoutMs: 250, maxTimeoutMs: 4_000 },
    requestTimeoutMs: 10_000,
    logger: undefined,
    random: () => 1,
    onRequests: (kind, count) => story.push(`${count} ${kind}`),
    onUnusable: (_bearer, error) => story.push(`unusable: ${(error as Error).message}`),
    onThrottled: (_bearer, { requestsPerSecond }) => story.push(`throttled to ${requestsPerSecond}/s`),
    onSuspended: (_bearer, error) => story.push(`suspended by ${(error as Error).name}`),
    onResumed: () => story.push('resumed'),
    ...options,
  });
  return {
    road,
    requests,
    commands,
    signals,
    story,
    run: (errand = {}) => {
      const answer = road.run({
        kind: 'status',
        chimeBearer: alice,
        priority: 'poll',
        signal: new AbortController().signal,
        command: () => ({}),
        ...errand,
      });
      // Who closes the road with requests under way need not wait for them.
      answer.catch(() => undefined);
      return answer;
    },
  };
}
