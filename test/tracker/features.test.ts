import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError, type DeliveryTracker } from 'chime-delivery';
import {
  adaptivePolling,
  batchPolling,
  createTracker,
  crossTab,
  persistence,
  type TrackerFeature,
} from 'chime-delivery/core';
import { ALICE, CHANNEL, ScriptedService } from '../support/scripted-service.ts';
import { Disk } from '../support/scripted-store.ts';
import { draft, pass, SECOND } from '../support/tracker-kit.ts';

function start(service: ScriptedService, ...features: TrackerFeature[]): DeliveryTracker {
  return createTracker({ client: service.client, chimeBearer: ALICE, polling: { firstDelayMs: 400 } }, features);
}

const all: [string, () => TrackerFeature[]][] = [
  ['no feature', () => []],
  ['persistence', () => [persistence(new Disk().mount())]],
  ['cross-tab', () => [crossTab()]],
  ['batch polling', () => [batchPolling()]],
  ['adaptive polling', () => [adaptivePolling()]],
  ['all features', () => [persistence(new Disk().mount()), crossTab(), batchPolling(), adaptivePolling()]],
];

describe('a tracker of chime-delivery/core', () => {
  it.each(all)('sends a message and polls until it is settled, with %s', async (_name, features) => {
    const service = new ScriptedService();
    const tracker = start(service, ...features());
    const delivery = tracker.send(draft);
    await pass(SECOND);
    expect(delivery.state.status).toBe('PENDING');
    service.settle(delivery.state.messageId ?? '', 'SENT');
    await pass(5 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
    expect(await tracker.restored).toBe(0);
    await tracker.close();
  });

  it('restores what was pending from the store of persistence', async () => {
    const service = new ScriptedService();
    const store = new Disk().mount();
    const first = start(service, persistence(store));
    const { id } = first.send(draft);
    await pass(SECOND);
    await first.close();
    const second = start(service, persistence(store));
    await pass(SECOND);
    expect(await second.restored).toBe(1);
    expect(second.get(id)).toMatchObject({ status: 'PENDING' });
    await second.close();
  });

  it('has no delivery of an earlier life without persistence', async () => {
    const service = new ScriptedService();
    const first = start(service);
    const { id } = first.send(draft);
    await pass(SECOND);
    await first.close();
    const second = start(service);
    expect([await second.restored, second.get(id), second.forget(id)]).toEqual([0, undefined, false]);
    await second.close();
  });

  it.each([
    ['by one list request with batch polling', true, [1, 0]],
    ['one by one without batch polling', false, [0, 10]],
  ])('polls ten deliveries of a channel %s', async (_how, batches, expected) => {
    const service = new ScriptedService();
    const tracker = start(service, ...(batches ? [batchPolling()] : []));
    const ids = Array.from({ length: 10 }, (_, i) => `m${i}`);
    for (const messageId of ids) tracker.track({ channelArn: CHANNEL, messageId });
    for (const messageId of ids) service.settle(messageId, 'SENT');
    await pass(10 * SECOND);
    const { requests, settled } = tracker.stats;
    expect([requests.list, requests.status, settled.SENT]).toEqual([...expected, 10]);
    await tracker.close();
  });
});

describe('createTracker', () => {
  it.each<[string, () => TrackerFeature[]]>([
    ['persistence', () => [persistence(new Disk().mount()), persistence(new Disk().mount())]],
    ['cross-tab', () => [crossTab(), crossTab()]],
    ['batch polling', () => [batchPolling(), adaptivePolling(), batchPolling()]],
    ['adaptive polling', () => [adaptivePolling(), adaptivePolling()]],
  ])('refuses %s twice', (_name, features) => {
    expect(() => start(new ScriptedService(), ...features())).toThrow(InvalidArgumentError);
  });

  it.each([
    ['no array', {}],
    ['a feature that was not made', [crossTab]],
    ['an object without install', [{ seams: [] }]],
    ['null', [null]],
  ])('refuses %s as features', (_name, features) => {
    const create = createTracker as (options: object, features: unknown) => unknown;
    expect(() => create({ client: new ScriptedService().client, chimeBearer: ALICE }, features)).toThrow(
      InvalidArgumentError,
    );
  });

  it.each([
    ['store', { store: new Disk().mount() }],
    ['tabs', { tabs: true }],
    ['polling.batch', { polling: { batch: true } }],
    ['send.persistContent', { send: { persistContent: true } }],
  ])('refuses %s, an option of the preset', (name, options) => {
    const create = createTracker as (options: object) => unknown;
    expect(() => create({ client: new ScriptedService().client, chimeBearer: ALICE, ...options })).toThrow(name);
  });

  it('takes no store that lacks a method, and no answer but a boolean for the content', () => {
    expect(() => persistence({} as never)).toThrow(InvalidArgumentError);
    expect(() => persistence(new Disk().mount(), { persistContent: 1 as never })).toThrow(InvalidArgumentError);
  });
});
