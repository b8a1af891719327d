/**
 * Merges an app's list of messages with the deliveries of a tracker into the list to render: each own message once, whichever
 * came first, the event or the response to its send. Pure, O(n).
 */
import type { DeliveryState } from './core/delivery-state.ts';

/** One message to render. */
export interface MergedMessage<M> {
  /** Stable for a message from its send on, as a React key: the id of its delivery, or else its MessageId. */
  readonly key: string;
  /** The app's message; undefined while the service's list does not have it. */
  readonly message: M | undefined;
  /** The delivery of an own message: its state, and (`input`, `context`) what was sent. */
  readonly delivery: DeliveryState | undefined;
  /** The latest edit of it that this tracker has made, unless it was applied. */
  readonly edit: DeliveryState | undefined;
}

export interface MergeOptions<M> {
  /** Only deliveries of this channel. Default: that of the messages (`ChannelArn`), where they have one. */
  channelArn?: string | undefined;
  /** Only deliveries of this sub-channel. Default: of any. */
  subChannelId?: string | undefined;
  /** The MessageId of a message. Default: its `MessageId`, or its `messageId`. */
  messageIdOf?: ((message: M) => string | undefined) | undefined;
}

/**
 * The messages in the order that they are given in (the service's), then the own ones that the list does not have yet, in the
 * order in which they were sent. Left out are CONTROL messages, and deliveries that were sent again (`retryOf` names them).
 * A delivered message that the list does not have (the app has missed its event) is shown where it is newer than the oldest
 * message of the list. Call `forget` for a message that was deleted.
 *
 * A message of an own send that has no answer yet is recognized by its sender (`Sender.Arn`), content (`Content`) and time
 * (`CreatedTimestamp`), where the messages have these fields; `ownMessage` of the tracker tells it for certain.
 *
 * The items, and the array, are the same objects as long as nothing in them has changed.
 *
 * @param messages the app's messages of one channel, oldest first
 * @param deliveries `deliveries$`'s map, or any states
 */
export function mergeDeliveries<M extends object>(
  messages: readonly M[],
  deliveries: ReadonlyMap<string, DeliveryState> | Iterable<DeliveryState>,
  options: MergeOptions<M> = {},
): readonly MergedMessage<M>[] {
  const { messageIdOf = defaultMessageId } = options;
  const channelArn = options.channelArn ?? channelOf(messages);
  const own = indexOf(deliveries, { channelArn, subChannelId: options.subChannelId });
  const shown = new Set<DeliveryState>();
  const seen = new Set<string>();
  const merged: MergedMessage<M>[] = [];
  for (const message of messages) {
    const messageId = messageIdOf(message);
    // A list page and an event may have brought the same message.
    if (messageId !== undefined && seen.has(messageId)) continue;
    if (messageId !== undefined) seen.add(messageId);
    const delivery =
      (messageId === undefined ? undefined : own.creates.get(messageId)) ?? takeUnanswered(own.unanswered, message);
    if (delivery !== undefined) shown.add(delivery);
    // The service lists what has failed, also after it was sent again.
    if (delivery !== undefined && own.retried.has(delivery.id)) continue;
    merged.push(itemOf(message, delivery, messageId === undefined ? undefined : own.edits.get(messageId), messageId));
  }
  const oldest = oldestTime(messages) - CLOCK_SKEW_MS;
  for (const delivery of own.all) {
    if (shown.has(delivery) || own.retried.has(delivery.id)) continue;
    // Of two deliveries of one message (a retry that the service took for the first send), the later one.
    const { messageId } = delivery;
    if (messageId !== undefined && own.creates.get(messageId) !== delivery) continue;
    if (delivery.status === 'SENT' && delivery.trackedAt < oldest) continue;
    merged.push(
      itemOf<M>(undefined, delivery, messageId === undefined ? undefined : own.edits.get(messageId), messageId),
    );
  }
  return sameArray(messages, merged);
}

interface Own {
  /** The creates, in the order in which they were tracked. */
  readonly all: readonly DeliveryState[];
  readonly creates: ReadonlyMap<string, DeliveryState>;
  readonly edits: ReadonlyMap<string, DeliveryState>;
  /** The ids of deliveries that were sent again. */
  readonly retried: ReadonlySet<string>;
  /** The sends without an answer, by their content, oldest first: an event may have brought their messages already. */
  readonly unanswered: Map<string, DeliveryState[]>;
}

function indexOf(
  deliveries: ReadonlyMap<string, DeliveryState> | Iterable<DeliveryState>,
  { channelArn, subChannelId }: Pick<MergeOptions<never>, 'channelArn' | 'subChannelId'>,
): Own {
  const all: DeliveryState[] = [];
  const creates = new Map<string, DeliveryState>();
  const edits = new Map<string, DeliveryState>();
  const retried = new Set<string>();
  const unanswered = new Map<string, DeliveryState[]>();
  const states = 'values' in deliveries ? deliveries.values() : deliveries;
  for (const state of states) {
    if (channelArn !== undefined && state.channelArn !== channelArn) continue;
    if (subChannelId !== undefined && state.subChannelId !== subChannelId) continue;
    const { messageId, retryOf } = state;
    if (retryOf !== undefined) retried.add(retryOf);
    if (state.operation === 'update') {
      // The latest edit counts; one that was applied is in the message.
      if (messageId === undefined) continue;
      if (state.status === 'SENT') edits.delete(messageId);
      else edits.set(messageId, state);
    } else if (state.type !== 'CONTROL') {
      all.push(state);
      if (messageId !== undefined) creates.set(messageId, state);
      const content = state.input?.Content;
      if (state.status === 'SENDING' && content !== undefined)
        unanswered.set(content, [...(unanswered.get(content) ?? []), state]);
    }
  }
  return { all, creates, edits, retried, unanswered };
}

/** By how much the app's clock may differ from the service's, in milliseconds. */
const CLOCK_SKEW_MS = 30_000;

/**
 * The send that has no answer yet, and whose message this is: of the same sender, with the same content, and no older. Its event
 * carries no request token, and often comes before the answer, which alone has the MessageId.
 */
function takeUnanswered(unanswered: Own['unanswered'], message: object): DeliveryState | undefined {
  const { Content: content, Sender: sender, CreatedTimestamp: at } = message as Fields;
  if (typeof content !== 'string') return undefined;
  const sends = unanswered.get(content);
  const arn = (sender as Fields | undefined)?.Arn;
  const time = timeOf(at);
  const index = sends?.findIndex(
    ({ chimeBearer, trackedAt }) => chimeBearer === arn && time >= trackedAt - CLOCK_SKEW_MS,
  );
  return index === undefined || index < 0 ? undefined : sends?.splice(index, 1)[0];
}

interface Fields {
  readonly Content?: unknown;
  readonly Sender?: unknown;
  readonly Arn?: unknown;
  readonly CreatedTimestamp?: unknown;
}

/** The items of the last merge, by message or (without one) by delivery, so that they stay the same objects. */
const items = new WeakMap<object, MergedMessage<object>>();

function itemOf<M extends object>(
  message: M | undefined,
  delivery: DeliveryState | undefined,
  edit: DeliveryState | undefined,
  messageId: string | undefined,
): MergedMessage<M> {
  const of: object | undefined = message ?? delivery;
  const known = of && (items.get(of) as MergedMessage<M> | undefined);
  if (known?.message === message && known?.delivery === delivery && known?.edit === edit && known !== undefined)
    return known;
  const item = Object.freeze({ key: delivery?.id ?? messageId ?? '', message, delivery, edit });
  if (of !== undefined) items.set(of, item);
  return item;
}

/** The result of the last merge of the same list. */
const results = new WeakMap<readonly object[], readonly MergedMessage<object>[]>();

function sameArray<M extends object>(
  messages: readonly M[],
  merged: readonly MergedMessage<M>[],
): readonly MergedMessage<M>[] {
  const known = results.get(messages) as readonly MergedMessage<M>[] | undefined;
  if (known?.length === merged.length && known.every((item, index) => item === merged[index])) return known;
  results.set(messages, Object.freeze(merged));
  return merged;
}

function defaultMessageId(message: object): string | undefined {
  const { MessageId, messageId = MessageId } = message as { MessageId?: unknown; messageId?: unknown };
  return typeof messageId === 'string' ? messageId : undefined;
}

function channelOf(messages: readonly object[]): string | undefined {
  const { ChannelArn } = (messages[0] ?? {}) as { ChannelArn?: unknown };
  return typeof ChannelArn === 'string' ? ChannelArn : undefined;
}

/** When the oldest message was created; -Infinity where the messages do not say so. */
function oldestTime(messages: readonly object[]): number {
  let oldest = Infinity;
  for (const message of messages) {
    const time = timeOf((message as Fields).CreatedTimestamp);
    if (time < oldest) oldest = time;
  }
  return oldest === Infinity ? -Infinity : oldest;
}

/** A time as the SDK, or a payload of the websocket, gives it; NaN where it is none. */
function timeOf(at: unknown): number {
  return at instanceof Date || typeof at === 'string' ? new Date(at).getTime() : NaN;
}
