/** `value` with readable fields if it is an object, else undefined. For all values from outside. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** The result of `read` on a value from outside, or of `otherwise` if `read` throws: a getter may throw. */
export function tryRead<T>(otherwise: (error: unknown) => T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return otherwise(error);
  }
}

export function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
