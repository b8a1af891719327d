/** Suggests the name that a misspelt one may mean, for error messages. Pure. */

/** By how many edits the name of another place must be nearer. */
const ELSEWHERE = 2;

/**
 * The one of `names` with the fewest edits from `name`, regardless of case; the first of several. The last part of a path in
 * `elsewhere` also counts, if it is clearly nearer.
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

/** The Levenshtein distance. */
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
