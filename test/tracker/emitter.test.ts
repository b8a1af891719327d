import { describe, expect, it } from '@jest/globals';
import { notify } from '../../src/tracker/notify.ts';
import type { SentState } from '../../src/core/delivery-state.ts';
import { snapshotOf } from '../../src/core/delivery.ts';
import { DeliveryEmitter, type DeliveryEvent } from '../../src/tracker/events.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import { trackedDelivery } from '../support/delivery-record.ts';

const pendingState = snapshotOf(trackedDelivery());
const sentState = snapshotOf(trackedDelivery({ status: 'SENT' })) as SentState;
const names: DeliveryEvent[] = ['update', 'sent', 'failed', 'unknown', 'settled'];

function newEmitter() {
  const logged: string[] = [];
  const silent = (): void => undefined;
  const logger = { debug: silent, info: silent, warn: silent, error: (text: string) => logged.push(text) };
  return { emitter: new DeliveryEmitter(logger), logged };
}

describe('the events of a change', () => {
  it.each<[DeliveryRecord['status'], string[]]>([
    ['SENDING', ['update']],
    ['PENDING', ['update']],
    ['SENT', ['update', 'sent', 'settled']],
    ['FAILED', ['update', 'failed', 'settled']],
    ['DENIED', ['update', 'failed', 'settled']],
    ['UNKNOWN', ['update', 'unknown', 'settled']],
  ])('contain %s: %p', (status, expected) => {
    const { emitter } = newEmitter();
    const delivery = trackedDelivery({ status });
    const story: string[] = [];
    for (const name of names.toReversed()) {
      emitter.on(name, (...payload: unknown[]) => {
        story.push(name);
        expect(payload).toEqual([snapshotOf(delivery)]);
      });
    }
    notify(delivery, delivery.record, emitter);
    expect(story).toEqual(expected);
  });

  it('share one and the same state among all listeners', () => {
    const { emitter } = newEmitter();
    const heard = new Set<unknown>();
    for (const name of ['update', 'sent', 'settled'] as const) emitter.on(name, (state) => heard.add(state));
    const delivery = trackedDelivery({ status: 'SENT' });
    notify(delivery, delivery.record, emitter);
    expect(heard).toEqual(new Set([snapshotOf(delivery)]));
  });
});

describe('a listener', () => {
  it('is called until it is removed, or once', () => {
    const { emitter } = newEmitter();
    const story: string[] = [];
    const on = (): number => story.push('on');
    const once = (): number => story.push('once');
    const never = (): number => story.push('never');
    emitter.on('update', on);
    emitter.once('update', once);
    emitter.once('update', never);
    emitter.off('update', never);
    emitter.off('sent', on);
    emitter.emit('update', pendingState);
    emitter.emit('update', pendingState);
    emitter.off('update', on);
    emitter.emit('update', pendingState);
    expect(story).toEqual(['on', 'once', 'on']);
    expect(emitter.hasListeners('update')).toBe(false);
  });

  it('may listen to several events, and leave one of them', () => {
    const { emitter } = newEmitter();
    let heard = 0;
    const listener = (): void => void (heard += 1);
    emitter.on('sent', listener);
    emitter.on('settled', listener);
    emitter.off('sent', listener);
    emitter.emit('sent', sentState);
    emitter.emit('settled', sentState);
    expect(heard).toBe(1);
  });

  it('may be removed although it was never added', () => {
    expect(() => newEmitter().emitter.off('update', () => undefined)).not.toThrow();
  });
});

describe('a listener that throws', () => {
  it.each<[string, unknown]>([
    ['an error', new Error('mine')],
    ['text', 'mine'],
    ['nothing', undefined],
    ['an object that cannot be printed', Object.create(null)],
  ])('%s affects no other, and is reported by an error event and the log', (_name, thrown) => {
    const { emitter, logged } = newEmitter();
    const story: unknown[] = [];
    emitter.on('error', (error) => story.push(error));
    emitter.on('update', () => {
      throw thrown;
    });
    emitter.on('update', () => story.push('the next one'));
    expect(() => emitter.emit('update', pendingState)).not.toThrow();
    expect(story).toEqual([
      expect.objectContaining({ code: 'LISTENER_FAILED', event: 'update', cause: thrown }),
      'the next one',
    ]);
    expect(logged).toHaveLength(1);
  });

  it('on error events is reported by the log alone: it must not call itself', () => {
    const { emitter, logged } = newEmitter();
    let calls = 0;
    emitter.on('error', () => {
      calls += 1;
      throw new Error('mine');
    });
    emitter.emit('error', new Error('first'));
    expect([calls, logged.length]).toEqual([1, 1]);
  });

  it('once is not called again', () => {
    const { emitter } = newEmitter();
    let calls = 0;
    emitter.once('update', () => {
      calls += 1;
      throw new Error('mine');
    });
    emitter.emit('update', pendingState);
    emitter.emit('update', pendingState);
    expect(calls).toBe(1);
  });
});

describe('events without a listener', () => {
  it('are no failure, errors included', () => {
    const { emitter } = newEmitter();
    expect(() => emitter.emit('error', new Error('nobody listens'))).not.toThrow();
    expect(() => emitter.emit('resumed')).not.toThrow();
  });

  it('reach no listener after close', () => {
    const { emitter } = newEmitter();
    let heard = 0;
    emitter.on('resumed', () => (heard += 1));
    emitter.close();
    emitter.emit('resumed');
    expect([heard, emitter.hasListeners('resumed')]).toEqual([0, false]);
  });
});
