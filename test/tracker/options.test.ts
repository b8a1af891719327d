import { describe, expect, it } from '@jest/globals';
import { NEVER, Subject } from 'rxjs';
import { readOptions, type DeliveryTrackerOptions } from '../../src/tracker/preset-options.ts';
import { alice, deepFreeze } from '../support/delivery-record.ts';

const client = { send: (): Promise<unknown> => Promise.resolve({}) };
const frankfurt = alice.replace('us-east-1', 'eu-central-1');

/** The settings for these options, beside a client and a bearer. */
function read(options: object = {}): ReturnType<typeof readOptions> {
  return readOptions(deepFreeze({ client, chimeBearer: alice, ...options }));
}

describe('the defaults', () => {
  it('are those of the documentation', () => {
    expect(read()).toEqual({
      client,
      chimeBearer: alice,
      rateLimit: { requestsPerSecond: 5, burst: 5, maxConcurrent: 4 },
      polling: {
        firstDelayMs: 1_800,
        factor: 1.2,
        maxDelayMs: 60_000,
        quietMs: 20_000,
        giveUpAfterMs: 172_800_000,
        batch: true,
        learn: true,
      },
      missing: { confirmations: 2, confirmDelayMs: 1_000, minAgeMs: 2_000, unseenMs: 10_000, editMs: 60_000 },
      retry: { retries: 3, minTimeoutMs: 250, maxTimeoutMs: 4_000 },
      send: { resendWindowMs: 600_000, expireMs: 86_400_000, persistContent: true },
      store: undefined,
      requestTimeoutMs: 10_000,
      keepSettled: 10_000,
      wake$: NEVER,
      tabs: true,
      logger: undefined,
    });
  });

  it('apply to every undefined option', () => {
    const groups = { rateLimit: undefined, polling: undefined, missing: undefined, retry: undefined, send: undefined };
    expect(read({ ...groups, requestTimeoutMs: undefined, keepSettled: undefined, wake$: undefined })).toEqual(read());
    expect(read({ polling: { factor: undefined }, retry: {} })).toEqual(read());
  });

  it.each([
    [alice, { requestsPerSecond: 5, burst: 5 }],
    [frankfurt, { requestsPerSecond: 2.5, burst: 2.5 }],
  ])('of the budget are half of the region’s limit: %s', (chimeBearer, expected) => {
    expect(read({ chimeBearer }).rateLimit).toMatchObject(expected);
  });

  it('of the burst follow the rate, with a minimum of one', () => {
    expect(read({ rateLimit: { requestsPerSecond: 20 } }).rateLimit).toMatchObject({ burst: 20, maxConcurrent: 4 });
    expect(read({ rateLimit: { requestsPerSecond: 0.2 } }).rateLimit.burst).toBe(1);
  });
});

describe('every option', () => {
  it('keeps its value, beside the defaults of its neighbours', () => {
    const wake$ = new Subject<void>();
    const given = {
      rateLimit: { requestsPerSecond: 1, burst: 2, maxConcurrent: 3 },
      polling: {
        firstDelayMs: 0,
        factor: 1,
        maxDelayMs: 1,
        quietMs: 0,
        giveUpAfterMs: 1,
        batch: false,
        learn: false,
      },
      missing: { confirmations: 1, confirmDelayMs: 0, minAgeMs: 0, unseenMs: 0, editMs: 0 },
      retry: { retries: 0, minTimeoutMs: 0, maxTimeoutMs: 0 },
      send: { resendWindowMs: 0, expireMs: 0, persistContent: false },
      store: { getKeys: () => [], getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
      requestTimeoutMs: 1,
      keepSettled: 0,
      tabs: false,
      logger: console,
    };
    const settings = readOptions({ client, chimeBearer: alice, wake$, ...given });
    expect(settings).toEqual({ client, chimeBearer: alice, wake$, ...given });
    expect(read({ polling: { quietMs: 7 } }).polling).toEqual({ ...read().polling, quietMs: 7 });
  });
});

const numbers: [string, { above?: boolean; min?: number; whole?: boolean }][] = [
  ['rateLimit.requestsPerSecond', { above: true }],
  ['rateLimit.burst', { min: 1 }],
  ['rateLimit.maxConcurrent', { min: 1, whole: true }],
  ['polling.firstDelayMs', {}],
  ['polling.factor', { min: 1 }],
  ['polling.maxDelayMs', { above: true }],
  ['polling.quietMs', {}],
  ['polling.giveUpAfterMs', { above: true }],
  ['missing.confirmations', { min: 1, whole: true }],
  ['missing.confirmDelayMs', {}],
  ['missing.minAgeMs', {}],
  ['missing.unseenMs', {}],
  ['missing.editMs', {}],
  ['retry.retries', { whole: true }],
  ['retry.minTimeoutMs', {}],
  ['retry.maxTimeoutMs', {}],
  ['send.resendWindowMs', {}],
  ['send.expireMs', {}],
  ['requestTimeoutMs', { above: true }],
  ['keepSettled', { whole: true }],
];

function at(path: string, value: unknown): object {
  const [group = '', field] = path.split('.');
  return field === undefined ? { [group]: value } : { [group]: { [field]: value } };
}

describe.each(numbers)('%s', (path, { above = false, min = 0, whole = false }) => {
  const tooLow = above ? [0, -1] : [min - 0.5, -1];
  it.each([...tooLow, ...(whole ? [min + 0.5] : []), Number.NaN, Infinity, -Infinity, '5', 5n, true, {}, []])(
    'is rejected as %p, with what was expected and what it got',
    (value) => {
      const expected = `${whole ? 'a whole number' : 'a finite number'}(?: of milliseconds)?, ${above ? 'above' : 'at least'} ${min}`;
      expect(() => read(at(path, value))).toThrow(
        expect.objectContaining({
          code: 'INVALID_ARGUMENT',
          argument: path,
          received: value,
          message: expect.stringMatching(new RegExp(`^Expected \`${path}\` to be ${expected}, got .+\\.$`)),
        }),
      );
    },
  );
});

describe('an invalid option', () => {
  it.each<[string, object]>([
    ['client', { client: undefined }],
    ['client', { client: {} }],
    ['client', { client: { send: 'yes' } }],
    ['chimeBearer', { chimeBearer: undefined }],
    ['chimeBearer', { chimeBearer: 'alice' }],
    ['chimeBearer', { chimeBearer: '' }],
    ['rateLimit', { rateLimit: 5 }],
    ['rateLimit', { rateLimit: null }],
    ['polling', { polling: [] }],
    ['missing', { missing: 'never' }],
    ['retry', { retry: 3 }],
    ['send', { send: 600_000 }],
    ['send.persistContent', { send: { persistContent: 'yes' } }],
    ['store', { store: 'localStorage' }],
    ['store.getKeys', { store: {} }],
    ['store.removeItem', { store: { getKeys: () => [], getItem: () => null, setItem: () => undefined } }],
    ['wake$', { wake$: {} }],
    ['tabs', { tabs: 'yes' }],
    ['tabs', { tabs: null }],
    ['wake$', { wake$: null }],
    ['logger', { logger: 'console' }],
    ['logger', { logger: null }],
    ['logger.warn', { logger: { debug: () => undefined, info: () => undefined } }],
  ])('is rejected for its %s: %p', (argument, options) => {
    expect(() => read(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
  });

  it.each([undefined, null, 'options', []])('is rejected as a whole: %p', (options) => {
    const refused = (): unknown => readOptions(options as unknown as DeliveryTrackerOptions);
    expect(refused).toThrow(/^Expected `options` to be an object with client and chimeBearer, got/);
  });
});

describe('an unknown option', () => {
  it.each<[string, object, string]>([
    ['rateLimits', { rateLimits: {} }, 'rateLimit'],
    ['Polling', { Polling: {} }, 'polling'],
    ['clientt', { clientt: client }, 'client'],
    ['wake', { wake: NEVER }, 'wake$'],
    ['requestTimeout', { requestTimeout: 1 }, 'requestTimeoutMs'],
    ['polling.firstDelayMS', { polling: { firstDelayMS: 5 } }, 'polling.firstDelayMs'],
    ['polling.quiet', { polling: { quiet: 5 } }, 'polling.quietMs'],
    ['rateLimit.requestPerSecond', { rateLimit: { requestPerSecond: 5 } }, 'rateLimit.requestsPerSecond'],
    ['missing.confirmation', { missing: { confirmation: 5 } }, 'missing.confirmations'],
    ['missing.unseen', { missing: { unseen: 5 } }, 'missing.unseenMs'],
    ['retry.retrys', { retry: { retrys: 5 } }, 'retry.retries'],
    ['send.expiresMs', { send: { expiresMs: 5 } }, 'send.expireMs'],
    // In the wrong place.
    ['requestsPerSecond', { requestsPerSecond: 5 }, 'rateLimit.requestsPerSecond'],
    ['requestPerSecond', { requestPerSecond: 5 }, 'rateLimit.requestsPerSecond'],
    ['polling.retries', { polling: { retries: 5 } }, 'retry.retries'],
    ['send.keepSettled', { send: { keepSettled: 5 } }, 'keepSettled'],
  ])('%s is rejected, and the error names the nearest one', (argument, options, meant) => {
    const expected = `an option (did you mean \`${meant}\`?)`;
    expect(() => read(options)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        argument,
        expected,
        message: expect.stringContaining(`Expected \`${argument}\` to be ${expected}, got `),
      }),
    );
  });

  it('is rejected before undefined options are read, and even if it is itself undefined or inherited', () => {
    expect(() => readOptions({ clent: client, chimeBearer: alice } as never)).toThrow('did you mean `client`?');
    expect(() => read({ rateLimits: undefined })).toThrow('did you mean `rateLimit`?');
    expect(() => read({ polling: Object.create({ quiet: 5 }) as object })).toThrow('did you mean `polling.quietMs`?');
    expect(() => readOptions(Object.create({ client, chimeBearer: alice, tab: true }) as never)).toThrow('`tabs`');
  });
});

describe('options that are no plain object', () => {
  class Options {
    readonly client = client;
    readonly chimeBearer = alice;
    polling = Object.freeze({ quietMs: 7 });
    get keepSettled(): number {
      return 3;
    }
    describe(): string {
      return 'options';
    }
  }
  /** A class as old compilers emit it: its methods are enumerable. */
  const older = Object.assign(Object.create({ describe: () => 'options' }) as object, new Options());

  it.each<[string, object]>([
    ['an instance of a class', new Options()],
    ['a frozen one', Object.freeze(new Options())],
    ['an instance of an older class', older],
    ['an object that inherits them', Object.create(new Options()) as object],
    ['an object without a prototype', Object.assign(Object.create(null) as object, new Options())],
  ])('are accepted: %s', (_name, options) => {
    expect(readOptions(options as never)).toMatchObject({ client, chimeBearer: alice, polling: { quietMs: 7 } });
  });

  it('are accepted even if a library has put something on every object', () => {
    Object.assign(Object.prototype, { extension: 1 });
    try {
      expect(readOptions({ client, chimeBearer: alice, polling: { quietMs: 7 } }).polling.quietMs).toBe(7);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'extension');
    }
  });
});
