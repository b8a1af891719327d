// The list to render: own messages once, whatever came first.
import { describe, expect, it } from '@jest/globals';
import { mergeDeliveries, type DeliveryState, type MergedMessage } from 'chime-delivery';
import * as fc from 'fast-check';

import { freshSeed } from './support/fresh-seed.ts';
import { alice, bob, channel, otherChannel } from './support/delivery-record.ts';

interface Row {
  readonly Sender?: { readonly Arn: string };
  readonly MessageId: string;
  readonly Content: string;
  readonly CreatedTimestamp?: Date;
}

const row = (MessageId: string, at = 0, more: Partial<Row> = {}): Row => ({
  MessageId,
  Content: 'text',
  CreatedTimestamp: new Date(at),
  ...more,
});

let places = 0;
function state(
  fields: { readonly [K in keyof DeliveryState]?: unknown } & {
    retryOf?: string;
    messageId?: string;
    type?: string;
    input?: object;
  },
): DeliveryState {
  places += 1;
  return {
    id: `id-${places}`,
    operation: 'create',
    channelArn: channel,
    chimeBearer: alice,
    trackedAt: 100,
    polls: 0,
    ...fields,
  } as DeliveryState;
}
const mapOf = (...states: DeliveryState[]): ReadonlyMap<string, DeliveryState> =>
  new Map(states.map((each) => [each.id, each]));
const told = (merged: readonly MergedMessage<Row>[]): string[] =>
  merged.map(
    ({ message, delivery, edit }) =>
      `${message?.MessageId ?? '-'} ${delivery?.status ?? '-'}${edit === undefined ? '' : ` edit ${edit.status}`}`,
  );

describe('the merged list', () => {
  it('has each own message once, in the order of the list, and what is not in it last', () => {
    const rows = [row('m1'), row('m2'), row('m3')];
    const deliveries = mapOf(
      state({ id: 't2', status: 'PENDING', messageId: 'm2' }),
      state({ id: 't4', status: 'SENDING' }),
      state({ id: 't5', status: 'FAILED' }),
    );
    const merged = mergeDeliveries(rows, deliveries);
    expect(told(merged)).toEqual(['m1 -', 'm2 PENDING', 'm3 -', '- SENDING', '- FAILED']);
    expect(merged.map(({ key }) => key)).toEqual(['m1', 't2', 'm3', 't4', 't5']);
  });

  it('keeps the key of a message from its send to its event', () => {
    const sending = state({ id: 't1', status: 'SENDING' });
    const [before] = mergeDeliveries<Row>([], [sending]);
    const [after] = mergeDeliveries([row('m1')], [state({ ...sending, status: 'SENT', messageId: 'm1' })]);
    expect([before?.key, after?.key]).toEqual(['t1', 't1']);
  });

  it('takes an event that comes before the answer for the send that it is of', () => {
    const sending = (id: string, Content: string, trackedAt = 1_000): DeliveryState =>
      state({ id, status: 'SENDING', trackedAt, input: { Content } });
    const own = { Sender: { Arn: alice } };
    const merge = (rows: Row[], ...deliveries: DeliveryState[]): string[] =>
      mergeDeliveries(rows, deliveries).map(({ message, delivery }) => `${message?.MessageId} ${delivery?.id}`);
    expect(merge([row('m1', 1_200, own)], sending('t1', 'text'))).toEqual(['m1 t1']);
    // Two sends of one text are two messages.
    expect(merge([row('m1', 1_200, own)], sending('t1', 'text'), sending('t2', 'text'))).toEqual([
      'm1 t1',
      'undefined t2',
    ]);
    // Another's message, another text, and one of before.
    expect(merge([row('m1', 1_200, { Sender: { Arn: bob } })], sending('t1', 'text'))).toHaveLength(2);
    expect(merge([row('m1', 1_200, own)], sending('t1', 'other'))).toHaveLength(2);
    expect(merge([row('m1', 1_200, own)], sending('t1', 'text', 100_000))).toHaveLength(2);
  });

  it('shows a message once that both a page and an event have brought', () => {
    expect(told(mergeDeliveries([row('m1'), row('m1')], []))).toEqual(['m1 -']);
  });

  it('leaves out control messages, other channels, and what was sent again', () => {
    const deliveries = mapOf(
      state({ status: 'SENDING', type: 'CONTROL' }),
      state({ status: 'SENDING', channelArn: otherChannel }),
      state({ id: 'old', status: 'FAILED' }),
      state({ id: 'new', status: 'SENDING', retryOf: 'old' }),
    );
    expect(mergeDeliveries<Row>([], deliveries, { channelArn: channel }).map(({ key }) => key)).toEqual(['new']);
    const listed = mapOf(
      state({ id: 'old', status: 'FAILED', messageId: 'm1' }),
      state({ id: 'new', status: 'SENDING', retryOf: 'old' }),
    );
    expect(mergeDeliveries([row('m1')], listed).map(({ key }) => key)).toEqual(['new']);
    const rows = [{ ...row('m1'), ChannelArn: channel }];
    expect(mergeDeliveries(rows, deliveries).map(({ key }) => key)).toEqual(['m1', 'new']);
  });

  it('shows a delivered message that the list does not have, unless it is older than the list', () => {
    const sent = state({ status: 'SENT', messageId: 'm9', trackedAt: 500 });
    expect(told(mergeDeliveries([row('m1', 400), row('m2', 600)], [sent]))).toEqual(['m1 -', 'm2 -', '- SENT']);
    expect(told(mergeDeliveries([row('m1', 100_000)], [sent]))).toEqual(['m1 -']);
    expect(told(mergeDeliveries<Row>([], [sent]))).toEqual(['- SENT']);
  });

  it('shows the latest edit until it is applied', () => {
    const edit = (status: DeliveryState['status']): DeliveryState =>
      state({ status, operation: 'update', messageId: 'm1' });
    expect(told(mergeDeliveries([row('m1')], [edit('DENIED'), edit('PENDING')]))).toEqual(['m1 - edit PENDING']);
    expect(told(mergeDeliveries([row('m1')], [edit('PENDING'), edit('SENT')]))).toEqual(['m1 -']);
  });

  it('takes messages of any shape', () => {
    const delivery = state({ status: 'SENT', messageId: 'm1' });
    const messages = [{ uid: 'm1' }];
    expect(mergeDeliveries(messages, [delivery], { messageIdOf: ({ uid }) => uid })[0]?.delivery).toBe(delivery);
    expect(mergeDeliveries([{ messageId: 'm1' }], [delivery])[0]?.delivery).toBe(delivery);
  });

  it('is the same object while nothing changed, and so is each item', () => {
    const rows = [row('m1'), row('m2')];
    const pending = state({ id: 't2', status: 'PENDING', messageId: 'm2' });
    const sending = state({ id: 't3', status: 'SENDING' });
    const before = mergeDeliveries(rows, mapOf(pending, sending));
    expect(mergeDeliveries(rows, mapOf(pending, sending))).toBe(before);
    const after = mergeDeliveries([...rows], mapOf({ ...pending, status: 'SENT' } as DeliveryState, sending));
    expect(after.map((item, index) => item === before[index])).toEqual([true, false, true]);
  });
});

type Step = readonly ['send' | 'answer' | 'event' | 'list' | 'edit' | 'settle' | 'redact', number];

const steps = fc.array(
  fc.tuple(fc.constantFrom<Step[0]>('send', 'answer', 'event', 'list', 'edit', 'settle', 'redact'), fc.nat(5)),
  { maxLength: 40 },
);

/** An app and a service: any order of send, answer, event, list page, edit, outcome and redaction. */
function shownAfter(story: readonly Step[]): {
  merged: readonly MergedMessage<Row>[];
  sent: number[];
  settled: Set<number>;
} {
  const deliveries = new Map<string, DeliveryState>();
  let rows: Row[] = [];
  const sent: number[] = [];
  const stored: number[] = [];
  const settled = new Set<number>();
  const add = (n: number): void => {
    if (!rows.some(({ MessageId }) => MessageId === `m${n}`))
      rows = [...rows, row(`m${n}`, 2_000 + stored.indexOf(n), { Content: `text ${n % 2}`, Sender: { Arn: alice } })];
  };
  for (const [kind, n] of story) {
    const id = `t${n}`;
    const known = deliveries.get(id);
    if (kind === 'send' && known === undefined) {
      sent.push(n);
      // The service has it as soon as it is sent; the answer comes later.
      stored.push(n);
      deliveries.set(
        id,
        state({ id, status: 'SENDING', trackedAt: 2_000 + stored.indexOf(n), input: { Content: `text ${n % 2}` } }),
      );
    }
    if (!sent.includes(n)) continue;
    if (kind === 'answer' && known?.status === 'SENDING')
      deliveries.set(id, { ...known, status: 'PENDING', messageId: `m${n}` });
    if (kind === 'event') add(n);
    if (kind === 'list') for (const each of stored) add(each);
    if (kind === 'settle' && known?.status === 'PENDING') {
      settled.add(n);
      deliveries.set(id, { ...known, status: n % 2 === 0 ? 'SENT' : 'DENIED' } as DeliveryState);
    }
    // What has no MessageId yet cannot be edited or redacted by its sender.
    if (known?.messageId === undefined) continue;
    if (kind === 'edit')
      deliveries.set(`e${n}`, state({ id: `e${n}`, status: 'PENDING', operation: 'update', messageId: `m${n}` }));
    if (kind === 'redact') rows = rows.map((each) => (each.MessageId === `m${n}` ? { ...each, Content: '' } : each));
  }
  return { merged: mergeDeliveries(rows, deliveries), sent, settled };
}

describe('after any order of send, answer, event, list page, edit, outcome and redaction', () => {
  it('each own message is shown once, with a key of its own', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const { merged, sent } = shownAfter(story);
        const keys = merged.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        // As many as were sent: none is shown twice, and none is lost.
        expect(merged).toHaveLength(sent.length);
        for (const n of sent) {
          const shown = merged.filter(({ delivery }) => delivery?.id === `t${n}`);
          expect(shown).toHaveLength(1);
        }
        const pairs = merged.filter(
          ({ message, delivery }) => message !== undefined && delivery?.messageId !== undefined,
        );
        expect(pairs.filter(({ message, delivery }) => message?.MessageId !== delivery?.messageId)).toEqual([]);
      }),
      { seed: freshSeed, numRuns: 2_000 },
    );
  });

  it('the list is in the order of the messages, then of the sends', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const { merged } = shownAfter(story);
        const firstPending = merged.findIndex(({ message }) => message === undefined);
        if (firstPending === -1) return;
        expect(merged.slice(firstPending).every(({ message }) => message === undefined)).toBe(true);
      }),
      { seed: freshSeed, numRuns: 1_000 },
    );
  });
});
