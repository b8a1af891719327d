/** `value` with its fields, where it is an object at all: how everything that comes from outside is opened. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** What `read` makes of something from outside; `otherwise` where that cannot even be read: a getter may throw. */
export function tryRead<T>(otherwise: (error: unknown) => T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return otherwise(error);
  }
}

/** Whether there is any text in it. */
export function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
