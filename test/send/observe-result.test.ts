/* oxlint-disable unicorn/no-thenable -- what functions of an app's return */
import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { wrapSend } from '../../src/send/wrap-send.ts';
import { channel } from '../support/delivery-record.ts';

const output = { ChannelArn: channel, MessageId: 'm1', Status: { Value: 'PENDING' } };
const refused = new Error('client-error');
type Handler = ((value: unknown) => unknown) | null | undefined;

/** `fn`, wrapped, and the MessageIds that were tracked. */
function wrapped<R>(fn: (...args: unknown[]) => R) {
  const tracked: unknown[] = [];
  const errors: unknown[] = [];
  const send = wrapSend(fn, {
    onSender: () => undefined,
    isOwn: () => false,
    track: (message) => tracked.push('MessageId' in message && message.MessageId),
    onError: (error) => errors.push(error),
  });
  return { send, tracked, errors };
}

async function microtasks(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}

/** A cancellable promise, as in many libraries. */
class Cancellable<T> extends Promise<T> {
  readonly #reason = refused;
  #cancel: (reason: Error) => void = () => undefined;
  static begin<T>(value: T): Cancellable<T> {
    let cancel: (reason: Error) => void = () => undefined;
    const made = new Cancellable<T>((resolve, reject) => {
      cancel = reject;
      queueMicrotask(() => resolve(value));
    });
    made.#cancel = cancel;
    return made;
  }
  cancel(): this {
    this.#cancel(this.#reason);
    return this;
  }
}

/** A promise of a library older than the built-in one. */
class OldPromise {
  readonly #inner: Promise<unknown>;
  constructor(inner: Promise<unknown>) {
    this.#inner = inner;
  }
  then(...handlers: [Handler?, Handler?]): OldPromise {
    return new OldPromise(this.#inner.then(...handlers));
  }
  tap(): this {
    return this;
  }
}

/** A query: it runs when its `then` is called, each time. */
class Query {
  runs = 0;
  readonly #rows: unknown;
  constructor(rows: unknown) {
    this.#rows = rows;
  }
  returning(): this {
    return this;
  }
  then(...handlers: [Handler?, Handler?]): Promise<unknown> {
    this.runs += 1;
    return Promise.resolve(this.#rows).then(...handlers);
  }
  catch(onRejected: Handler): Promise<unknown> {
    return this.then(undefined, onRejected);
  }
}

/** A query of a class that `implements Promise` in TypeScript. */
class TaggedQuery extends Query {
  get [Symbol.toStringTag](): string {
    return 'Promise';
  }
}

/** As in p-lazy: a Promise that starts when its `then` is called. */
class LazyPromise extends Promise<unknown> {
  runs = 0;
  static of(value: unknown): LazyPromise {
    return Object.assign(new LazyPromise((resolve) => resolve(undefined)), { value });
  }
  override then<A, B>(
    onFulfilled?: ((value: unknown) => A) | null,
    onRejected?: ((reason: unknown) => B) | null,
  ): Promise<Awaited<A> | Awaited<B>> {
    this.runs += 1;
    return Promise.resolve((this as unknown as { value: unknown }).value).then(onFulfilled, onRejected) as never;
  }
}

const proxied = (): object =>
  new Proxy(Promise.resolve(output), {
    get: (target, key) => {
      const value: unknown = key === 'cancel' ? () => 'cancelled' : Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

describe('a wrapped send', () => {
  it.each<[string, () => object]>([
    ['a promise with a member', () => Object.assign(Promise.resolve(output), { cancel: () => 'cancelled' })],
    ['a frozen promise with a member', () => Object.freeze(Object.assign(Promise.resolve(output), { tag: 1 }))],
    ['a promise of a class of its own', () => Cancellable.begin(output)],
    ['a promise of a library', () => new OldPromise(Promise.resolve(output))],
    ['a query', () => new Query(output)],
    ['a query that says that it is a Promise', () => new TaggedQuery(output)],
    ['a lazy promise', () => LazyPromise.of(output)],
    ['a promise behind a proxy', proxied],
    ['a thenable of its own', () => ({ then: (resolve: (value: unknown) => void) => resolve(output) })],
    [
      'a thenable with a null prototype',
      () => Object.assign(Object.create(null), { then: (f: Handler) => f?.(output) }),
    ],
    ['a thenable function', () => Object.assign(() => 'called', { then: (f: Handler) => f?.(output) })],
    [
      'a process that is a promise, too',
      () => Object.assign(new EventTarget(), { then: Promise.prototype.then.bind(Promise.resolve(output)) }),
    ],
  ])('returns %s unchanged, and tracks its output', async (_name, make) => {
    const made = make();
    const { send, tracked, errors } = wrapped(() => made);
    const members = Object.keys(made);
    const sent = send();
    expect(sent).toBe(made);
    expect(Object.keys(made)).toEqual(members);
    expect(await (sent as PromiseLike<unknown>)).toBe(output);
    await microtasks();
    expect([tracked, errors]).toEqual([['m1'], []]);
  });

  it('tracks a promise that no caller awaits, if it has started by itself', async () => {
    const { send, tracked } = wrapped((kind) =>
      kind === 'class' ? Cancellable.begin(output) : Promise.resolve(output),
    );
    void send('class');
    void send('plain');
    void wrapped(() => Object.assign(Promise.resolve(output), { cancel: () => 7 })).send();
    await microtasks();
    expect(tracked).toEqual(['m1', 'm1']);
  });
});

describe('the result of a wrapped send', () => {
  it('works as without a wrapper: a promise is cancelled, by a method that needs its own private fields', async () => {
    const { send, tracked } = wrapped(() => Cancellable.begin(output));
    const sent = send();
    expect(sent).toBeInstanceOf(Cancellable);
    expect(sent.cancel()).toBe(sent);
    await expect(sent).rejects.toBe(refused);
    expect(tracked).toEqual([]);
  });

  it.each([Query, TaggedQuery])(
    'runs no query that no caller awaits, and each as often as it is awaited: %p',
    async (Kind) => {
      const { send, tracked } = wrapped(() => new Kind(output));
      const query = send();
      await microtasks();
      expect([query.runs, tracked]).toEqual([0, []]);
      expect(query.returning()).toBe(query);
      expect(await query).toBe(output);
      expect(await query.catch(() => 'no')).toBe(output);
      expect([query.runs, tracked]).toEqual([2, ['m1', 'm1']]);
    },
  );

  it('starts no lazy promise that no caller awaits', async () => {
    const { send, tracked } = wrapped(() => LazyPromise.of(output));
    const lazy = send();
    await microtasks();
    expect([lazy.runs, tracked]).toEqual([0, []]);
    await lazy;
    expect([lazy.runs, tracked]).toEqual([1, ['m1']]);
  });

  it('returns what `then` returns, even if that is nothing', () => {
    const heard: unknown[] = [];
    const thenable = { then: (onFulfilled: Handler) => void onFulfilled?.(output) };
    const { send, tracked } = wrapped(() => thenable);
    const sent = send();
    expect(sent.then((value) => heard.push(value))).toBeUndefined();
    expect(sent.then(undefined)).toBeUndefined();
    expect([heard, tracked]).toEqual([[output], ['m1', 'm1']]);
  });

  it('gets every argument of `then`, with the `this` of the call', () => {
    const calls: unknown[] = [];
    const thenable = {
      then(this: unknown, ...handlers: unknown[]) {
        calls.push(this, ...handlers.slice(1));
        return 'returned';
      },
    };
    const sent = wrapped(() => thenable).send();
    const handlers = [() => 1, () => 2, () => 3];
    expect(sent.then(...handlers)).toBe('returned');
    expect(calls).toEqual([thenable, ...handlers.slice(1)]);
  });

  it('passes on the rejection of a thenable unchanged', async () => {
    const { send, tracked } = wrapped(() => new OldPromise(Promise.reject(refused)));
    await expect(send()).rejects.toBe(refused);
    expect(tracked).toEqual([]);
  });

  it('may be the same thenable each time: its `then` is hooked once', async () => {
    const query = new Query(output);
    const { send, tracked } = wrapped(() => query);
    for (let i = 0; i < 10_000; i += 1) send();
    expect(await send()).toBe(output);
    expect(tracked).toEqual(['m1']);
  });

  it('is untouched if its `then` cannot be hooked: that is logged once, and nothing is tracked', async () => {
    const thenable = Object.freeze({ then: (onFulfilled: Handler) => onFulfilled?.(output) });
    const { send, tracked, errors } = wrapped(() => thenable);
    expect(send()).toBe(thenable);
    expect(await send()).toBe(output);
    expect([tracked, errors]).toEqual([[], [expect.any(TypeError)]]);
  });

  it('is recognized if it is a promise of another realm', async () => {
    const foreign = runInNewContext('Promise.resolve(output)', { output }) as Promise<unknown>;
    expect(foreign).not.toBeInstanceOf(Promise);
    const { send, tracked } = wrapped(() => foreign);
    void send();
    await microtasks();
    expect(tracked).toEqual(['m1']);
    expect(await send()).toBe(output);
  });

  it.each<[string, () => unknown]>([
    [
      'an async generator',
      async function* () {
        yield output;
      },
    ],
    [
      'a generator',
      function* () {
        yield output;
      },
    ],
    ['a function', () => () => output],
    ['nothing, for a function that takes a callback', () => undefined],
  ])('is %s, unchanged', (_name, make) => {
    const made = make();
    const { send, tracked, errors } = wrapped(() => made);
    expect(send()).toBe(made);
    expect([tracked, errors]).toEqual([[], []]);
  });
});

describe('the rejection of a wrapped send', () => {
  it('is unhandled if the app does not handle it, and handled if it does, as without a wrapper', async () => {
    const program = ['--conditions=chime-delivery/source', '--import', 'tsx', 'test/support/wrapped-rejections.ts'];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    expect(JSON.parse(stdout)).toEqual({ bare: ['plain', 'lazy'], wrapped: ['plain', 'lazy'] });
  });
});

describe('a wrapped function', () => {
  it('keeps its name, its length and its members, as they are at each moment', () => {
    const send = Object.assign(
      function sendMessage(input: unknown, more: unknown) {
        return [input, more];
      },
      { retries: 3 },
    );
    const { send: wrappedSend } = wrapped(send as never) as unknown as { send: typeof send };
    expect([wrappedSend.name, wrappedSend.length, wrappedSend.retries]).toEqual(['sendMessage', 2, 3]);
    send.retries = 5;
    expect(wrappedSend.retries).toBe(5);
    expect(wrappedSend).not.toBe(send);
  });
});
