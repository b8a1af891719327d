// Reads anything without a throw.

/** The value at `key`; undefined if there is none, or it cannot be read. */
export function peek(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

/** Parsed JSON; undefined if it is invalid. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether reading it, or what it inherits, never throws. */
export function isReadable(value: unknown, depth = 6): boolean {
  if (typeof value !== 'object' || value === null || depth === 0) return true;
  try {
    for (const key in value) if (!isReadable((value as Record<string, unknown>)[key], depth - 1)) return false;
    return true;
  } catch {
    return false;
  }
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
