import { describe, expect, it } from '@jest/globals';
import {
  expectArn,
  expectFunction,
  expectId,
  expectNumber,
  expectObject,
  expectOneOf,
  expectString,
} from '../../src/shared/validate.ts';
import { alice, channel } from '../support/delivery-record.ts';

const notText = [undefined, null, 7, true, {}, [], () => undefined];

/** The result of a validation: nothing, or the message of its error. */
function said(check: () => unknown): string {
  try {
    check();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('an ARN', () => {
  it.each([alice, channel, 'arn:aws-cn:chime::1:x', 'arn:a.b:c:d:e:user/x:y', `arn:a:b:c:d:${'e'.repeat(1_024)}`])(
    'is %s',
    (arn) => expect(expectArn('bearer', arn)).toBe(arn),
  );

  it.each([
    ...notText,
    '',
    'alice',
    'arn:aws:chime',
    ` ${alice}`,
    'arn:AWS:chime:x:1:y',
    'arn:a:b:c:d:/e',
    'arn:a:b:c:d:',
  ])('is not %p', (value) =>
    expect(said(() => expectArn('bearer', value))).toMatch(/^Expected `bearer` to be an ARN .*, got .+\.$/),
  );
});

describe('an id', () => {
  it.each(['a', '-_aZ9', 'x'.repeat(128), '__proto__'])('is %s', (id) => expect(expectId('id', id)).toBe(id));

  it.each([...notText, '', 'a b', 'a/b', 'ä', 'x'.repeat(129), 'a\n'])('is not %p', (value) =>
    expect(said(() => expectId('messageId', value))).toMatch(/^Expected `messageId` to be 1 to 128 characters/),
  );
});

describe('text, objects, functions and words', () => {
  it('are returned unchanged', () => {
    const given = { a: 1 };
    expect(expectString('content', 'hello')).toBe('hello');
    expect(expectObject('message', 'an object', given)).toBe(given);
    expect(said(() => expectFunction('fn', () => undefined))).toBe('');
    expect(said(() => expectOneOf('type', ['A', 'B'], 'B'))).toBe('');
  });

  it.each([...notText, ''])('%p is no text', (value) => {
    expect(said(() => expectString('content', value))).toMatch('Expected `content` to be a non-empty string, got');
  });

  it.each([undefined, null, 'text', 7, []])('%p is no object', (value) => {
    expect(said(() => expectObject('message', 'an object', value))).toMatch('Expected `message` to be an object, got');
  });

  it.each([undefined, null, {}, 'text'])('%p is no function', (value) => {
    expect(said(() => expectFunction('fn', value))).toMatch('Expected `fn` to be a function, got');
  });

  it.each([undefined, 'C', 'a', ['A'], ''])('%p is none of the words', (value) => {
    expect(said(() => expectOneOf('type', ['A', 'B'], value))).toMatch('Expected `type` to be one of A, B, got');
  });
});

describe('a number', () => {
  it.each([
    [0, { min: 0 }],
    [2.5, { min: 0 }],
    [1, { min: 1, integer: true }],
    [0.1, { min: 0, above: true }],
    [1e15, { min: 0 }],
  ])('%d fits %p', (value, bounds) => expect(expectNumber('n', value, bounds)).toBe(value));

  it.each<[unknown, Parameters<typeof expectNumber>[2], string]>([
    [-1, { min: 0 }, 'a finite number, at least 0, got -1.'],
    [0, { min: 0, above: true }, 'a finite number, above 0, got 0.'],
    [Number.NaN, { min: 0, unit: 'milliseconds' }, 'a finite number of milliseconds, at least 0, got NaN.'],
    [Infinity, { min: 0 }, 'a finite number, at least 0, got Infinity.'],
    ['5', { min: 0 }, "a finite number, at least 0, got '5'."],
    [5n, { min: 0 }, 'a finite number, at least 0, got 5n.'],
    [null, { min: 0 }, 'a finite number, at least 0, got null.'],
    [1.5, { min: 1, integer: true }, 'a whole number, at least 1, got 1.5.'],
  ])('%p does not fit %p', (value, bounds, message) => {
    expect(said(() => expectNumber('n', value, bounds))).toBe(`Expected \`n\` to be ${message}`);
  });
});
