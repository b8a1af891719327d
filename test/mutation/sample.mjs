// Prints a random sample of the mutated lines, for a run of minutes instead of hours:
// `npm run mutation -- --mutate "$(node test/mutation/sample.mjs 5)"` mutates every fifth block of ten lines.
import { readdirSync, readFileSync } from 'node:fs';

const BLOCK = 10;
const oneIn = Number(process.argv[2] ?? 5);
const seed = Number(process.argv[3] ?? 1);
const { mutate } = JSON.parse(readFileSync(new URL('../stryker.config.json', import.meta.url), 'utf8'));

// Which of each `oneIn` blocks: a linear congruential generator, so that the seed names the sample.
let state = seed;
const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;

const blocks = mutate
  .flatMap((pattern) => {
    const folder = pattern.replace('/**/*.ts', '');
    const names = readdirSync(folder, { recursive: true }).map((name) => `${folder}/${String(name)}`);
    return names.filter((name) => name.endsWith('.ts')).sort();
  })
  .flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n').length;
    const starts = Array.from({ length: Math.ceil(lines / BLOCK) }, (_, i) => i * BLOCK + 1);
    return starts.map((from) => `${file}:${from}-${Math.min(from + BLOCK - 1, lines)}`);
  });
console.log(blocks.filter(() => random() < 1 / oneIn).join(','));
