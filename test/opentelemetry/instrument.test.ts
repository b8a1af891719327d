// The instrumentation, with OpenTelemetry's own SDK: its in-memory span exporter, and a reader that collects on demand.
import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { MeterProvider, MetricReader, type DataPoint } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { instrument, instrumentFleet } from 'chime-delivery/opentelemetry';

import { startFleet } from '../support/fleet-kit.ts';
import { ALICE, CHANNEL, replies } from '../support/scripted-service.ts';
import { MINUTE, pass, SECOND, startTracker, type KitOptions } from '../support/tracker-kit.ts';

/** Reads when it is asked to: it has no timer. */
class ManualReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function start(options: KitOptions = {}) {
  const kit = startTracker(options);
  const spans = new InMemorySpanExporter();
  const reader = new ManualReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const end = instrument(kit.tracker, { meterProvider, tracerProvider });
  ends.push(async () => {
    await meterProvider.shutdown();
    await tracerProvider.shutdown();
  });
  return { ...kit, spans, read: () => valuesOf(reader), end };
}

/** The values now, by metric and attribute values. */
async function valuesOf(reader: MetricReader): Promise<Record<string, number>> {
  const { resourceMetrics } = await reader.collect();
  const values: Record<string, number> = {};
  for (const { metrics: list } of resourceMetrics.scopeMetrics)
    for (const { descriptor, dataPoints } of list)
      for (const { attributes, value } of dataPoints as DataPoint<number | { count: number }>[]) {
        const { 'messaging.system': system, ...others } = attributes;
        expect(system).toBe('aws_chime');
        const name = [descriptor.name, ...Object.values(others)].join(' ');
        values[name] = typeof value === 'number' ? value : value.count;
      }
  return values;
}

describe('the metrics', () => {
  it('count requests, outcomes and 429s, and gauge what is pending, the link, and the budget', async () => {
    const { service, push, send, read } = start({ socket: 'up' });
    send();
    send();
    await pass(SECOND);
    push.tells('m1', 'DENIED');
    await pass(30 * SECOND);
    const first = await read();
    expect(first).toMatchObject({
      'chime_delivery.requests send': 2,
      'chime_delivery.outcomes DENIED websocket': 1,
      'chime_delivery.outcome.duration DENIED': 1,
      'messaging.client.operation.duration send': 2,
      'chime_delivery.pending': 1,
      'chime_delivery.link': 1,
      'chime_delivery.suspended': 0,
    });
    expect(first['chime_delivery.pending.oldest']).toBeCloseTo(31, 0);
    push.down();
    service.answer('status', replies.throttled(), (call) => service.tellStatus(call));
    await pass(MINUTE);
    expect(await read()).toMatchObject({
      'chime_delivery.throttles': 1,
      'chime_delivery.link': 0,
      'messaging.client.operation.duration status throttled': 1,
    });
  });

  it('tell the budget that is used as a share of the rate', async () => {
    const { send, read } = start({ rateLimit: { requestsPerSecond: 4, burst: 4 } });
    for (let i = 0; i < 10; i += 1) send();
    await pass(900);
    const { 'chime_delivery.budget.used': used = 0 } = await read();
    expect(used).toBeGreaterThan(0.9);
    await pass(MINUTE);
    expect((await read())['chime_delivery.budget.used']).toBeLessThan(1);
  });

  it('include what was pending before the instrumentation', async () => {
    const kit = startTracker();
    kit.track('m1');
    await pass(10 * SECOND);
    const reader = new ManualReader();
    const meterProvider = new MeterProvider({ readers: [reader] });
    ends.push(() => meterProvider.shutdown());
    instrument(kit.tracker, { meterProvider });
    const { resourceMetrics } = await reader.collect();
    const [oldest] = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.filter(({ descriptor }) => descriptor.name === 'chime_delivery.pending.oldest'),
    );
    expect(oldest?.dataPoints[0]?.value).toBeCloseTo(10, 0);
  });
});

describe('the spans', () => {
  it('are one for each delivery, with its outcome, and one for each request, linked to its deliveries', async () => {
    const { service, tracker, send, spans } = start();
    const { id } = send();
    await pass(SECOND);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    await tracker.close();
    await pass(1);
    const all = spans.getFinishedSpans();
    const delivery = all.find(({ name }) => name === `send ${CHANNEL}`);
    expect(delivery).toMatchObject({
      attributes: {
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': CHANNEL,
        'messaging.message.id': 'm1',
        'chime_delivery.delivery.id': id,
        'chime_delivery.status': 'SENT',
        'chime_delivery.evidence': 'status',
      },
    });
    expect(delivery?.events.map(({ name }) => name)).toEqual(['SENDING', 'PENDING', 'SENT']);
    const requests = all.filter(({ name }) => name.startsWith('Get') || name === 'SendChannelMessage');
    expect(requests).toHaveLength(service.count());
    for (const { links } of requests)
      expect(links.map(({ context }) => context.spanId)).toEqual([delivery?.spanContext().spanId]);
  });

  it('of what was not delivered, and of requests that failed, are errors', async () => {
    const { service, push, track, spans } = start({ socket: 'up' });
    track('m1');
    push.tells('m1', 'DENIED');
    track('m2');
    push.down();
    service.answer('status', replies.serverError(), (call) => service.tellStatus(call));
    await pass(MINUTE);
    const failed = spans.getFinishedSpans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ attributes }) => attributes['error.type'])).toEqual(['DENIED', 'unreachable']);
  });

  it('end with the tracker, and with the instrumentation, and nothing is recorded afterwards', async () => {
    const first = start();
    first.track('m1');
    await pass(SECOND);
    await first.tracker.close();
    await pass(1);
    expect(first.spans.getFinishedSpans().some(({ name }) => name === `send ${CHANNEL}`)).toBe(true);
    const second = start();
    second.track('m1');
    await pass(100);
    second.end();
    const count = second.spans.getFinishedSpans().length;
    second.track('m2');
    await pass(MINUTE);
    expect(second.spans.getFinishedSpans()).toHaveLength(count);
  });
});

describe('the metrics of a fleet', () => {
  it('are those of its process, and of the whole fleet, until they are ended', async () => {
    const kit = startFleet();
    const worker = kit.start();
    await pass(100);
    worker.call((fleet) => fleet.outcomes('app', () => Promise.reject(new Error('No.')), { attempts: 1 }));
    const input = { ChannelArn: CHANNEL, Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    for (let i = 0; i < 2; i += 1) void worker.call((fleet) => fleet.send(ALICE, input));
    await pass(SECOND);
    kit.service.settle([...kit.service.created.values()][0] ?? '', 'SENT');
    await pass(20 * SECOND);
    const reader = new ManualReader();
    const meterProvider = new MeterProvider({ readers: [reader] });
    let reads = 0;
    const fleet = {
      get stats() {
        reads += 1;
        return worker.fleet.stats;
      },
    };
    const end = instrumentFleet(fleet, { meterProvider });
    const values = await valuesOf(reader);
    expect(values).toMatchObject({
      'chime_delivery.fleet.shards.held': 8,
      'chime_delivery.fleet.shards.unowned': 0,
      'chime_delivery.fleet.shards.unowned.longest': 0,
      'chime_delivery.fleet.pending': 1,
      'chime_delivery.fleet.backlog app': 0,
      'chime_delivery.fleet.dead_letters app': 1,
      'chime_delivery.fleet.throttles': 0,
      'chime_delivery.fleet.outcomes SENT': 1,
      'chime_delivery.fleet.outcomes DENIED': 0,
    });
    expect(values['chime_delivery.fleet.pending.oldest']).toBeGreaterThan(20);
    expect(values['chime_delivery.fleet.requests']).toBe(kit.service.count());
    end();
    await valuesOf(reader);
    expect(reads).toBe(1);
    await meterProvider.shutdown();
  });
});
