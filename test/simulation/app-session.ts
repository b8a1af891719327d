// One session of an app on a device: a machine, a tracker with its client and its socket, and what the app does with
// them. It ends by `close`, by a crash, or with the world; the next session of the device begins with a new tracker.

import {
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  type SendChannelMessageCommandInput,
} from '@aws-sdk/client-chime-sdk-messaging';
import {
  createDeliveryTracker,
  type Deliveries,
  type Delivery,
  type DeliveryState,
  type DeliveryTracker,
  type UpdateInput,
} from 'chime-delivery';
import { Subject } from 'rxjs';
import { Machine } from './clock.ts';
import { SimulatedStore, type Disk } from './disk.ts';
import { pushAdapterOf } from './push-adapters.ts';
import { Editor } from './edits.ts';
import { DeviceSocket } from './socket.ts';
import { SimulatedClient, type NetworkParts } from './network.ts';
import type { DevicePlan, MessagePlan } from './plan.ts';
import type { Followed, ObserverPorts } from './observer.ts';
import { DeliveryObserver } from './observer.ts';

export interface AppSessionParts extends NetworkParts {
  readonly device: DevicePlan;
  readonly index: number;
  readonly disk: Disk;
  readonly onSettled: (session: AppSession, ...args: Parameters<ObserverPorts['onSettled']>) => void;
}

export class AppSession {
  readonly parts: AppSessionParts;
  readonly name: string;
  readonly machine: Machine;
  readonly tracker: DeliveryTracker;
  /** The tracker's client, and the one that the app uses by itself. */
  readonly client: SimulatedClient;
  readonly ownClient: SimulatedClient;
  readonly observer: DeliveryObserver;
  readonly socket: DeviceSocket | undefined;
  readonly wake$: Subject<unknown> = new Subject();
  readonly store: SimulatedStore | undefined;
  /** How many deliveries the store restored, once that is known. */
  restored: number | undefined;
  /** Pending and resolved reconcile reports. */
  readonly reconciles = { asked: 0, answered: 0 };
  /** The latest of `deliveries$`, if this app subscribes to it. */
  latest: Deliveries | undefined;
  state: 'open' | 'closed' | 'crashed' = 'open';
  /** `close` has resolved. */
  isOver = false;
  /** When it began: in the time of the world, and by the clock of its machine. */
  readonly openedAt: number;
  readonly openedAtByClock: number;
  /** The next listener closes the tracker. */
  closesInListener = false;
  readonly #editor: Editor = new Editor(this);
  #detach: (() => void) | undefined;

  readonly #before: AppSession | undefined;

  /** @param before the session whose process goes on: this one has its machine and its store */
  constructor(parts: AppSessionParts, count: number, before: AppSession | undefined) {
    this.#before = before;
    const { device, index, time, plan, conditions } = parts;
    this.parts = parts;
    this.name = count === 1 ? device.name : `${device.name}.${count}`;
    this.machine = before?.machine ?? new Machine(this.name);
    this.machine.isOnline = () => conditions.isOnline(index);
    time.current = this.machine;
    this.openedAt = time.now;
    this.openedAtByClock = time.wallClock();
    const road = { device: index, name: this.name, machine: this.machine, ignoresAbort: device.ignoresAbort };
    this.client = new SimulatedClient(parts, { ...road, byTracker: true });
    this.ownClient = new SimulatedClient(parts, { ...road, byTracker: false });
    const { storeLatencyMs: latencyMs } = device;
    if (before?.store !== undefined) this.store = before.store;
    else if (latencyMs !== undefined) this.store = new SimulatedStore({ ...parts, machine: this.machine, latencyMs });
    this.tracker = createDeliveryTracker({
      ...device.options,
      store: this.store,
      client: this.client,
      chimeBearer: device.bearer,
      wake$: this.wake$,
    });
    this.observer = new DeliveryObserver(this.tracker, {
      onSettled: (followed, state) => {
        this.#sendAgain(followed, state);
        this.#retry(followed, state);
        parts.onSettled(this, followed, state);
      },
      inListener: (state) => this.#inListener(state),
    });
    void this.tracker.restored.then((count) => (this.restored = count));
    if (device.readsAll) this.tracker.deliveries$.subscribe((deliveries) => (this.latest = deliveries));
    if (device.push !== 'none') {
      this.socket = new DeviceSocket(pushAdapterOf(device), { ...parts, plan, machine: this.machine });
      this.attach();
      this.socket.start();
    }
  }

  /** The state may change in any call: it is always read again. */
  get isOpen(): boolean {
    return this.state === 'open';
  }

  attach(): void {
    if (this.socket === undefined || !this.isOpen) return;
    this.#detach = this.tracker.attach(this.socket.adapter.source, { chimeBearer: this.parts.device.bearer });
  }

  detach(): void {
    this.#detach?.();
  }

  /** The app gives a message to the tracker, in the planned way. */
  hand(message: MessagePlan): void {
    if (!this.isOpen) return;
    this.note(() => `   the app hands over ${message.text} (${message.how}; ${message.outcome ?? 'no flow'})`);
    const { how } = message;
    if (how === 'send') return this.#send(message);
    const sendByItself = (input: SendChannelMessageCommandInput): Promise<unknown> =>
      this.ownClient.send(new SendChannelMessageCommand(input));
    const input = { ...inputOf(message), ChimeBearer: this.bearerOf(message) };
    const own = { ...input, ClientRequestToken: message.token ?? `own-${message.text}` };
    // (If no settled delivery is kept, the delivery cannot be found afterwards, and so not be followed.)
    const isWrapped = how === 'wrap' && this.remembersSettled;
    (isWrapped ? this.tracker.wrap(sendByItself)(own) : sendByItself(own)).then(
      (output) => this.#sentByItself(message, output as { MessageId?: string }, isWrapped),
      () => undefined,
    );
  }

  #sentByItself(message: MessagePlan, output: { MessageId?: string }, isWrapped: boolean): void {
    const { time, dice } = this.parts;
    const { MessageId = '' } = output;
    this.#editor.plan(message, () => MessageId);
    if (message.how === 'draft') return;
    if (message.how !== 'track-late') return this.adopt(message, MessageId, isWrapped ? undefined : output);
    time.after(dice.across(1_000, 120_000), () => this.adopt(message, MessageId), this.machine);
  }

  /** A refused message may be sent again, with the same token. */
  #sendAgain({ message: { again } }: Followed, state: DeliveryState): void {
    const { time, dice } = this.parts;
    if (again === undefined || state.status !== 'FAILED' || state.evidence !== 'rejected') return;
    time.after(dice.across(1, 60_000), () => this.hand(again), this.machine);
  }

  /** What ended otherwise than SENT may be sent again by the button of its bubble. */
  #retry({ id, message }: Followed, { status }: DeliveryState): void {
    const { retryAfterMs } = message;
    const { time, service } = this.parts;
    if (retryAfterMs === undefined || status === 'SENT') return;
    const press = (): void => {
      const state = this.isOpen ? this.tracker.get(id) : undefined;
      // (An id may be another delivery's by now.)
      if (state?.input?.Content !== message.text || !('settledAt' in state) || state.status === 'SENT') return;
      this.note(() => `   the app sends ${message.text} again`);
      service.retried.add(message.text);
      this.#follow(this.tracker.retry(id), { ...message, retryAfterMs: undefined }, false);
    };
    time.after(retryAfterMs, press, this.machine);
  }

  /** The tracker edits a message. */
  update(message: MessagePlan, input: UpdateInput): void {
    this.#follow(this.tracker.update(input), message, false);
  }

  /** The store restores what an earlier session has left, whatever its end was: a removal may have been lost. */
  expectBack(earlier: Followed): void {
    this.observer.expect(earlier, this.tracker, this.parts.time.now);
  }

  /** Continues what an earlier session had not finished, as an app does that kept the ids. */
  takeOver(earlier: Followed): void {
    const { messageId, status } = earlier.delivery.state;
    // The service has not accepted it: there is nothing to track.
    if (status === 'SENDING') return;
    // Only the session that made several edits knows which of them an id belongs to.
    if (earlier.message.how === 'edit' && this.store !== undefined) return;
    if (messageId === undefined) return;
    const { message } = earlier;
    const output = { ChannelArn: message.channelArn, MessageId: messageId, content: message.text };
    if (message.how === 'edit') this.adopt(message, messageId, output);
    else this.adopt(message, messageId);
  }

  forgetOne(): void {
    // (If its token is used again, the id belongs to another delivery from then on.)
    const open = [...this.observer.followed.values()].filter(
      (one) =>
        one.settled.length === 0 &&
        !one.ended &&
        one.message.token === undefined &&
        // (Without the message, a read of it says little of its edits.)
        one.message.edits.length === 0,
    );
    if (open.length === 0) return;
    const one = this.parts.dice.pick(open);
    this.note(() => `   the app forgets ${one.message.text}`);
    // A message that an earlier session has also tracked by its MessageId is restored as one delivery under both ids.
    const same = this.tracker.get(one.id);
    for (const each of open) if (each === one || (same && this.tracker.get(each.id) === same)) each.ended = 'forgotten';
    this.tracker.forget(one.id);
  }

  reconcile(): void {
    this.reconciles.asked += 1;
    this.tracker.reconcile().then(
      ({ asked, settled, pending }) => {
        this.reconciles.answered += 1;
        if (asked !== settled + pending)
          throw new Error(`A reconcile of ${asked}: ${settled} settled, ${pending} pending`);
      },
      // It rejects when the tracker is closed.
      () => (this.reconciles.answered += this.state === 'open' ? 0 : 1),
    );
  }

  /** A request of the app's own, which shares the bearer's quota. */
  readSomething(): void {
    const { device, plan } = this.parts;
    const ChannelArn = plan.messages[0]?.channelArn;
    this.ownClient
      .send(new ListChannelMessagesCommand({ ChannelArn, ChimeBearer: device.bearer, MaxResults: 1 }))
      .catch(() => undefined);
  }

  close(): void {
    if (!this.isOpen) return;
    this.note(() => '   the app closes the tracker');
    this.state = 'closed';
    this.observer.end('closed');
    void this.tracker.close().then(() => (this.isOver = true));
  }

  crash(): void {
    this.note(() => '   it crashes');
    this.state = 'crashed';
    this.observer.end('crashed');
    // The process dies in the middle of what an earlier session has yet to write.
    if (this.#before?.isOver === false) this.#before.observer.end('crashed');
    this.socket?.end();
    this.parts.time.kill(this.machine);
    this.store?.crash();
  }

  get remembersSettled(): boolean {
    return (this.parts.device.options.keepSettled ?? Infinity) > 100;
  }

  bearerOf({ chimeBearer }: MessagePlan): string {
    return chimeBearer ?? this.parts.device.bearer;
  }

  note(say: () => string): void {
    this.parts.trace.note(this.name, say);
  }

  #send(message: MessagePlan): void {
    const { time } = this.parts;
    const abort = new AbortController();
    const { callOffAfterMs, chimeBearer, token, trackAgain } = message;
    const options = callOffAfterMs === undefined ? {} : { signal: abort.signal };
    const input = {
      ...inputOf(message),
      ...(chimeBearer === undefined ? {} : { ChimeBearer: chimeBearer }),
      ...(token === undefined ? {} : { ClientRequestToken: token }),
    };
    const delivery = this.tracker.send(input, options);
    const followed = this.#follow(delivery, message, false);
    this.#editor.plan(message, () => delivery.state.messageId);
    if (token !== undefined && trackAgain && this.isOpen && this.tracker.send(input).id !== delivery.id)
      this.observer.confused.push(`${message.text}, sent twice with one token, is two deliveries`);
    if (callOffAfterMs === undefined) return;
    time.after(
      callOffAfterMs,
      () => {
        followed.calledOff = true;
        abort.abort(new Error('The app calls it off.'));
      },
      this.machine,
    );
  }

  adopt(message: MessagePlan, messageId: string, output?: object): void {
    if (messageId === '') return;
    // A wrapped send was tracked as it returned, and a listener of that update may have closed the tracker.
    if (!this.isOpen) return this.observer.excuse(messageId);
    const { channelArn, how } = message;
    const kind = {
      chimeBearer: this.bearerOf(message),
      persistence: message.persistent ? 'PERSISTENT' : 'NON_PERSISTENT',
      type: message.control ? 'CONTROL' : 'STANDARD',
      operation: how === 'edit' ? 'update' : 'create',
    } as const;
    // (A wrapped input contains its own channel.)
    const subChannelId = message.losesSubChannel && how !== 'wrap' ? undefined : message.subChannelId;
    const delivery = this.tracker.track(
      output === undefined
        ? { ...kind, channelArn, subChannelId, messageId }
        : { ...kind, ...output, SubChannelId: subChannelId },
    );
    this.#follow(delivery, message, true);
    if (!message.trackAgain || !this.isOpen || !this.remembersSettled) return;
    const again = this.tracker.track({ ...kind, channelArn, subChannelId, messageId });
    if (again !== delivery) this.observer.confused.push(`${message.text}, tracked twice, is two deliveries`);
  }

  /** A wrapped edit was tracked as it returned; there is no handle for it. */
  followLatestEdit(message: MessagePlan, messageId: string, since: number): void {
    const { tracker } = this;
    const first = tracker.get(messageId, { operation: 'update' });
    if (first === undefined) {
      if (this.isOpen) this.observer.confused.push(`${message.text} was wrapped, and is not tracked`);
      return;
    }
    if (!this.isOpen) return this.observer.excuse(first.id);
    const { id } = first;
    const heard = this.observer.settledOf(id);
    const delivery = {
      id,
      state$: tracker.watch(id),
      get state(): DeliveryState {
        return tracker.get(id) ?? heard[0] ?? first;
      },
    };
    this.#follow(delivery, message, true, since);
  }

  #follow(
    delivery: Pick<Delivery, 'id' | 'state' | 'state$'> & Partial<Pick<Delivery, 'settled'>>,
    message: MessagePlan,
    adopted: boolean,
    since: number = this.parts.time.now,
  ): Followed {
    const about = { message, bearer: this.bearerOf(message), adopted, since };
    const followed = this.observer.follow(delivery, about, {
      byStream: message.text.length % 2 === 0,
      byPromise: !message.text.endsWith('7'),
    });
    if (this.state !== 'open' && followed.settled.length === 0) followed.ended ??= 'closed';
    return followed;
  }

  #inListener(state: DeliveryState): Promise<never> | undefined {
    this.note(() => `** ${this.observer.followed.get(state.id)?.message.text ?? 'a message'} is ${outcomeOf(state)}`);
    if (this.closesInListener) {
      this.closesInListener = false;
      this.close();
    }
    const { listeners } = this.parts.device;
    if (listeners === 'throw') throw new Error('A listener of the app throws.');
    return listeners === 'reject' ? Promise.reject(new Error('An async listener of the app rejects.')) : undefined;
  }
}

function inputOf({
  channelArn,
  subChannelId,
  text,
  control,
  persistent,
}: MessagePlan): Omit<SendChannelMessageCommandInput, 'ChimeBearer' | 'ClientRequestToken'> {
  return {
    ChannelArn: channelArn,
    ...(subChannelId === undefined ? {} : { SubChannelId: subChannelId }),
    Content: text,
    Type: control ? 'CONTROL' : 'STANDARD',
    Persistence: persistent ? 'PERSISTENT' : 'NON_PERSISTENT',
  };
}

function outcomeOf(state: DeliveryState): string {
  const how = 'evidence' in state ? state.evidence : 'reason' in state ? state.reason : undefined;
  return how === undefined ? state.status : `${state.status} (${how})`;
}
