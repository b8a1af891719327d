/** Creates the layers that make requests: http, send and poll, with what the features fill in them. */
import type { DeliveryRegistry } from '../core/delivery-registry.ts';
import type { TracePort } from '../core/ports/trace.ts';
import type { TimerQueue } from '../core/timer-queue.ts';
import { createHttpClient, type HttpClient } from '../http/http-client.ts';
import { Poller } from '../poll/poller.ts';
import type { PushConnections } from '../push/connection.ts';
import { Sender } from '../send/sender.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { DeliveryEmitter } from './events.ts';
import type { InstalledFeatures } from './install-features.ts';
import type { Settings } from './options.ts';
import type { Counters } from './stats.ts';

export interface Layers {
  readonly http: HttpClient;
  readonly sender: Sender;
  readonly poller: Poller;
}

export interface LayerParts {
  readonly settings: Settings;
  readonly registry: DeliveryRegistry;
  readonly timers: TimerQueue;
  readonly push: PushConnections;
  readonly counters: Counters;
  readonly emitter: DeliveryEmitter;
  readonly diagnostics: Diagnostics;
  readonly features: InstalledFeatures;
  readonly trace: TracePort;
  /** The commands of the tracker's own sends: a wrapped client must not track them again. */
  readonly ownCommands: WeakSet<object>;
}

export function createLayers(parts: LayerParts): Layers {
  const { settings, registry, timers, push, counters, emitter, diagnostics, features } = parts;
  const { polling, missing, requestTimeoutMs, rateLimit } = settings;
  const { seams } = features;
  const random = Math.random;
  const http = createHttpClient({
    client: settings.client,
    rateLimit,
    retry: settings.retry,
    requestTimeoutMs,
    trace: parts.trace,
    random,
    onRequests: (kind, requests) => counters.countRequests(kind, requests),
    sharedPermits: seams.permits,
    onThrottled: (chimeBearer, cost, retryAfterMs) => {
      features.onThrottled(chimeBearer, retryAfterMs);
      counters.throttles += 1;
      emitter.emit('throttled', { chimeBearer, ...cost });
      parts.trace.emit(() => ({ kind: 'budget', chimeBearer, ...cost }));
    },
    onUnusable: (chimeBearer, error) => diagnostics.clientUnusable(chimeBearer, error),
    onSuspended: (chimeBearer, error) => {
      features.onCredentials(false);
      diagnostics.suspended(chimeBearer, error);
    },
    onResumed: (chimeBearer) => {
      if (diagnostics.resumed(chimeBearer)) features.onCredentials(true);
    },
  });
  const sender = new Sender({
    timers,
    http,
    rules: settings.send,
    outbox: seams.outbox,
    random,
    isProcessing: (edit) => registry.isProcessing(edit),
    onCommand: (command) => parts.ownCommands.add(command),
    onForbidden: (kind, chimeBearer, error) =>
      diagnostics.missingPermission(
        kind === 'update' ? 'chime:UpdateChannelMessage' : 'chime:SendChannelMessage',
        chimeBearer,
        error,
      ),
  });
  const poller = new Poller({
    registry,
    timers,
    http,
    pollDelegate: seams.pollDelegate,
    pushStatus: push,
    timing: seams.pollTiming,
    createBatcher: seams.batcher,
    polling,
    missing,
    maxPermits: Math.max(rateLimit.maxConcurrent, Math.ceil(rateLimit.burst)),
    requestTimeoutMs,
    random,
    onPoll: () => (counters.polls += 1),
    onForbidden: (chimeBearer, error) =>
      diagnostics.missingPermission('chime:GetChannelMessageStatus', chimeBearer, error),
    onListForbidden: (chimeBearer, channelArn) => diagnostics.listForbidden(chimeBearer, channelArn),
    onUnknownStatus: (word) => diagnostics.unknownStatus(word),
  });
  return { http, sender, poller };
}
