// Values of every shape, mostly those that hurt: almost right, of a false type, or unreadable. `mutated` changes valid
// data; `strange` is anything; `rawJson` is text that is almost JSON.

import * as fc from 'fast-check';

/** A value that is made on demand: a new one each time, and not before, since some cannot even be read. */
export interface Shape {
  readonly make: () => unknown;
}

function shape(make: () => unknown, name: () => string): Shape {
  return { make, [fc.toStringMethod]: name } as Shape;
}

/** `value` unchanged. */
export function plain(value: unknown): Shape {
  return shape(
    () => structuredClone(value),
    () => fc.stringify(value),
  );
}

/** Unreadable: each access throws. */
function trap(): never {
  throw new Error('trap');
}

/** Lists in lists, or objects in objects. */
function deep(depth: number, list: boolean): unknown {
  let value: unknown = 'SENT';
  for (let i = 0; i < depth; i += 1) value = list ? [value] : { Value: value };
  return value;
}

const words = ['PENDING', 'SENT', 'FAILED', 'DENIED', 'UNKNOWN', 'sent', 'SENT ', ' DENIED', 'SENT\u0000', 'ЅENT'];

/** Values that JSON can carry. */
export const strangeJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, '', ' ', '0', 'null', [], {}, [[]]) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(...words, ['SENT'], [['DENIED']], { Value: 'SENT' }, { Value: {} }),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('__proto__', 'constructor', 'm1', 'm2', 7, '7', 1e308) },
  { weight: 1, arbitrary: fc.constantFrom(129, 1_601, 20_000).map((length) => 'x'.repeat(length)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(3, 60, 500), fc.boolean()).map(([depth, list]) => deep(depth, list)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

/** Values that only memory can carry. */
const living: readonly [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Infinity],
  ['-0', () => -0],
  ['10n', () => 10n],
  ['Symbol(SENT)', () => Symbol('SENT')],
  ['a revoked proxy', revoked],
  ['a proxy that throws', () => new Proxy({}, { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap })],
  ['a function that throws', () => trap],
  ['a class', () => Date],
  ['a function without a proper name', () => Object.defineProperty(() => 0, 'name', { value: Symbol('name') })],
  ['a date that is none', () => new Date(Number.NaN)],
  ['a map', () => new Map([['Value', 'SENT']])],
  ['an error', () => new Error('SENT')],
  ['a boxed word', () => Object('SENT') as unknown],
  ['an object without a prototype', () => Object.assign(Object.create(null), { Value: 'SENT' }) as unknown],
  ['an object that has inherited all', () => Object.create({ Value: 'SENT', MessageId: 'm1' }) as unknown],
  ['an object that cannot become text', () => ({ toString: trap, valueOf: trap, toJSON: trap })],
  ['a promise', () => Promise.resolve('SENT')],
  ['bytes', () => new Uint8Array(8)],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Anything at all. */
export const strange: fc.Arbitrary<Shape> = fc.oneof(
  {
    weight: 2,
    arbitrary: strangeJson.map(plain),
  },
  { weight: 1, arbitrary: fc.constantFrom(...living).map(([name, make]) => shape(make, () => name)) },
);

interface Mutation {
  /** One of all places, the whole included. */
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'in a list' | 'as text' | 'trap' | 'swap' | 'proto' | 'inherit' | 'twin';
  readonly by: Shape;
}

interface Place {
  readonly holder: object;
  readonly key: string;
  readonly value: unknown;
}

/** Every place in plain data, from the outside in. */
function placesIn(holder: object): Place[] {
  return Object.entries(holder).flatMap(([key, value]: [string, unknown]) => [
    { holder, key, value },
    ...(isObject(value) ? placesIn(value) : []),
  ]);
}

function mutate(places: readonly Place[], { at, how, by }: Mutation): void {
  const place = places[at % places.length];
  if (place === undefined) return;
  const { holder, key, value } = place;
  const set = (value: unknown): void => void Object.defineProperty(holder, key, { ...open, value });
  switch (how) {
    case 'replace':
      return set(by.make());
    case 'remove':
      return void Reflect.deleteProperty(holder, key);
    case 'in a list':
      return set([value]);
    case 'as text':
      return set(textOf(value));
    case 'trap':
      return void Object.defineProperty(holder, key, { get: trap, enumerable: true, configurable: true });
    case 'swap':
      // From another place. Not an object: a cycle is no data.
      return set(places.map((other) => other.value).filter((other) => !isObject(other))[(at * 7) % places.length]);
    case 'proto':
      return isObject(value)
        ? void Object.defineProperty(value, '__proto__', { ...open, value: by.make() })
        : undefined;
    case 'inherit':
      return isObject(value) ? set(Object.create(value)) : undefined;
    case 'twin':
      return void Object.defineProperty(holder, swapCase(key), { ...open, value });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const open = { enumerable: true, configurable: true, writable: true } as const;

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return '[object Object]';
  }
}

function swapCase(key: string): string {
  const [first = ''] = key;
  return (first === first.toUpperCase() ? first.toLowerCase() : first.toUpperCase()) + key.slice(1);
}

const jsonWays = ['replace', 'replace', 'remove', 'in a list', 'as text', 'swap', 'proto', 'twin'] as const;

/** Valid plain data, mutated: as an object in memory can be. */
export function mutated(valid: fc.Arbitrary<unknown>): fc.Arbitrary<Shape> {
  return bent(valid, [...jsonWays, 'trap', 'inherit'], strange);
}

/** Valid plain data, mutated: as JSON can carry it. */
export function mutatedJson(valid: fc.Arbitrary<unknown>): fc.Arbitrary<Shape> {
  return bent(valid, jsonWays, strangeJson.map(plain));
}

function bent(
  valid: fc.Arbitrary<unknown>,
  ways: readonly Mutation['how'][],
  by: fc.Arbitrary<Shape>,
): fc.Arbitrary<Shape> {
  const one: fc.Arbitrary<Mutation> = fc.record({ at: fc.nat(60), how: fc.constantFrom(...ways), by });
  const some = fc.array(one, { maxLength: 4 });
  // One in five stays as it is.
  const mutations = fc.oneof({ weight: 1, arbitrary: fc.constant<Mutation[]>([]) }, { weight: 4, arbitrary: some });
  return fc.tuple(valid, mutations).map(([value, all]) => {
    const make = (): unknown => {
      const root = { value: structuredClone(value) };
      const places = placesIn(root);
      for (const one of all) mutate(places, one);
      // If the whole is gone, or cannot be read, nothing is left.
      return Object.getOwnPropertyDescriptor(root, 'value')?.value as unknown;
    };
    return shape(make, () => `${fc.stringify(value)} bent by ${fc.stringify(all)}`);
  });
}

/** Valid plain data as its text, mutated before and after serialization. */
export function rawJson(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const cut = fc.record({
    at: fc.nat(400),
    length: fc.nat(3),
    by: fc.constantFrom('', '"', '{', '}', ',', '\\', '\u2028', '1e999'),
  });
  const key = fc.constantFrom('MessageId', 'ChannelArn', 'Status', 'Sender', '__proto__');
  const twice = fc.tuple(key, strangeJson).map(
    ([key, value]) =>
      (text: string) =>
        text.replace('{', () => `{${JSON.stringify(key)}:${textOf(value)},`),
  );
  const twiceLast = fc.tuple(key, strangeJson).map(
    ([key, value]) =>
      (text: string) =>
        text.replace(/\}$/, () => `,${JSON.stringify(key)}:${textOf(value)}}`),
  );
  const text = fc.oneof(
    { weight: 6, arbitrary: fc.constant((text: string) => text) },
    { weight: 2, arbitrary: twice },
    { weight: 2, arbitrary: twiceLast },
    {
      weight: 2,
      arbitrary: cut.map(
        ({ at, length, by }) =>
          (text: string) =>
            text.slice(0, at) + by + text.slice(at + length),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        (text: string) => `\uFEFF${text}`,
        (text: string) => `${text}\n`,
        (text: string) => text + text,
        (text: string) => `[${text}]`,
        (text: string) => JSON.stringify(text),
        (text: string) => text.replaceAll('e', '\\u0065'),
      ),
    },
  );
  return fc.tuple(mutatedJson(valid), text).map(([value, bend]) => bend(textOf(value.make())));
}
