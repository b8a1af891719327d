/** Which of some names is meant by one that is none of them: for error messages. Pure. */

/** What the name of another place needs to be nearer, in keystrokes. */
const ELSEWHERE = 2;

/**
 * The one of `names` that takes the fewest keystrokes, whatever the case; the first of several. One of `elsewhere`, the last
 * part of a path, has to be clearly nearer.
 */
export function nearest(name: string, names: readonly string[], elsewhere: readonly string[] = []): string | undefined {
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of [...names, ...elsewhere]) {
    const last = candidate.slice(candidate.lastIndexOf('.') + 1);
    const edits = editsBetween(name.toLowerCase(), last.toLowerCase()) + (names.includes(candidate) ? 0 : ELSEWHERE);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein's distance. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      const replaced = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
