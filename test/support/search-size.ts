// The size of a search: a part of it with `npm test`, so that it covers every change, and the whole of it with `npm run
// test:search` (test/search.jest.config.mjs).

const whole = process.env['SEARCH'] === 'whole';

export function searchSize<T>(sizes: { readonly part: T; readonly whole: T }): T {
  return whole ? sizes.whole : sizes.part;
}
