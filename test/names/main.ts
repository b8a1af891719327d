// `npm run check:names`: fails on a word of the old vocabulary in a new place. Places that still have one are counted in
// `remaining.json`, which may only shrink; `--update` writes it.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { countsOf, newOnes, scan, type Counts } from './scan.ts';
import { exempt } from './vocabulary.ts';

const folders = ['src', 'test', 'bench', 'examples', 'docs', 'README.md', 'CONTRIBUTING.md'];
const remainingFile = new URL('remaining.json', import.meta.url);
const remaining = JSON.parse(readFileSync(remainingFile, 'utf8')) as Counts;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], {
  encoding: 'utf8',
})
  .split('\n')
  .filter(
    (file) =>
      /\.([cm]?[jt]sx?|md|html)$/.test(file) && existsSync(file) && !exempt.some((path) => file.startsWith(path)),
  );

const counts: Record<string, Record<string, number>> = {};
let bad = 0;
for (const file of new Set(files)) {
  const findings = [
    ...scan(file, file).map((each) => ({ ...each, line: 0 })),
    ...scan(file, readFileSync(file, 'utf8')),
  ];
  const count = countsOf(findings);
  if (findings.length > 0) counts[file] = count;
  for (const { word, instead, line } of newOnes(findings, remaining[file])) {
    bad += 1;
    if (!process.argv.includes('--update')) console.error(`${file}:${line} says '${word}': ${instead}`);
  }
}

if (process.argv.includes('--update')) {
  writeFileSync(remainingFile, `${JSON.stringify(counts, undefined, 2)}\n`);
} else if (bad > 0) {
  console.error(`\n${bad} old words in new places. The list is test/names/vocabulary.ts.`);
  process.exitCode = 1;
} else {
  const fewer = Object.entries(remaining).filter(([file, known]) =>
    Object.entries(known).some(([word, count]) => (counts[file]?.[word] ?? 0) < count),
  );
  if (fewer.length > 0)
    console.log(`${fewer.length} files have fewer old words than remaining.json says: npm run check:names -- --update`);
}
