// Finds old words in a text. Pure.

import { oldWords, type OldWord } from './vocabulary.ts';

export interface Finding {
  readonly word: string;
  readonly instead: string;
  readonly line: number;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const upper = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function patternOf({ word, only }: OldWord): RegExp {
  if (only === 'identifier') return new RegExp(String.raw`(?<![\w$])${escaped(word)}(?![\w$])`, 'g');
  if (only === 'prose') return new RegExp(String.raw`\b${escaped(word)}\b`, 'gi');
  // The whole word, its plural, or a hump of an identifier.
  const hump = `(?:(?<![a-zA-Z])${word}|(?<![A-Z])${upper(word)}|(?<![a-zA-Z])${word.toUpperCase()})`;
  return new RegExp(`${hump}(?:s|ies)?(?![a-z])`, 'g');
}

const patterns = oldWords.map((old) => ({ old, pattern: patternOf(old) }));

/** What may hold prose: comments and texts of sources, everything else as it is. */
export function proseOf(path: string, text: string): string {
  if (!/\.[cm]?[jt]sx?$/.test(path)) return text;
  const keep = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`[^`]*`|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;
  let prose = '';
  let at = 0;
  for (const match of text.matchAll(keep)) {
    prose += text.slice(at, match.index).replaceAll(/[^\n]/g, ' ') + match[0];
    at = match.index + match[0].length;
  }
  return prose + text.slice(at).replaceAll(/[^\n]/g, ' ');
}

/** What is no prose. */
function codeOf(text: string, prose: string): string {
  return text
    .split('')
    .map((char, at) => (char === '\n' || prose[at] === ' ' ? char : ' '))
    .join('');
}

/** The old words of `text`, in order. */
export function scan(path: string, text: string): Finding[] {
  const prose = proseOf(path, text);
  const code = codeOf(text, prose);
  const found = patterns.flatMap(({ old, pattern }) => {
    const where = old.only === 'prose' ? prose : old.only === 'identifier' ? code : text;
    return [...where.matchAll(pattern)]
      .filter(({ index, 0: word }) => old.except?.test(where.slice(index, index + word.length + 12)) !== true)
      .map(({ index }) => ({ word: old.word, instead: old.instead, line: where.slice(0, index).split('\n').length }));
  });
  return found.sort((a, b) => a.line - b.line);
}

export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export function countsOf(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { word } of findings) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Findings of a file beyond those that it is known to have. */
export function newOnes(findings: readonly Finding[], known: Readonly<Record<string, number>> = {}): Finding[] {
  const left = { ...known };
  return findings.filter(({ word }) => {
    if ((left[word] ?? 0) <= 0) return true;
    left[word] = (left[word] ?? 0) - 1;
    return false;
  });
}
