// Finds the operation of a request by its method, path and query, from the table of the service's operations.

import { operations, type OperationName } from '../model/operations.ts';

export interface MatchedRoute {
  readonly operation: OperationName;
  /** The labels of the path, still percent-encoded, by the name of their member. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly operation: OperationName;
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: readonly (readonly [string, string])[];
}

const patterns: readonly Pattern[] = (Object.keys(operations) as OperationName[])
  .map((operation) => {
    const { method, path } = operations[operation];
    const [pathname = '', query = ''] = path.split('?');
    return { operation, method, segments: pathname.split('/').slice(1), query: [...new URLSearchParams(query)] };
  })
  // What has a constant query comes before what has none.
  .sort((a, b) => b.query.length - a.query.length);

/** @param segments of the path, still percent-encoded */
export function matchRoute(
  method: string,
  segments: readonly string[],
  query: URLSearchParams,
): MatchedRoute | undefined {
  const found = patterns.find(
    (pattern) =>
      pattern.method === method &&
      hasPath(pattern, segments) &&
      pattern.query.every(([name, value]) => query.get(name) === value),
  );
  if (found === undefined) return undefined;
  // A discriminator that no operation has is not the one without it.
  const unknown = ['operation', 'scope'].some(
    (name) => query.has(name) && !found.query.some(([constant]) => constant === name),
  );
  if (unknown) return undefined;
  const labels = found.segments.flatMap((part, i) => (isLabel(part) ? [[part.slice(1, -1), segments[i] ?? '']] : []));
  return { operation: found.operation, labels: Object.fromEntries(labels) as Record<string, string> };
}

/** Whether any operation has this path, whatever its method. */
export function isKnownPath(segments: readonly string[]): boolean {
  return patterns.some((pattern) => hasPath(pattern, segments));
}

function hasPath(pattern: Pattern, segments: readonly string[]): boolean {
  return (
    pattern.segments.length === segments.length &&
    pattern.segments.every((part, i) => isLabel(part) || part === segments[i])
  );
}

function isLabel(part: string): boolean {
  return part.startsWith('{');
}
