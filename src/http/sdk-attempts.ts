/** The HTTP attempts that the SDK made for one request, as its output or its error tells. */
import { asObject, tryRead } from '../shared/unknown-json.ts';

/**
 * More attempts than this are not believed. They are charged to the bearer's rate limit, and a wrong value must not stop
 * the bearer's requests for hours.
 */
const MAX_ATTEMPTS = 100;

/** `$metadata.attempts` of an output or an error; undefined where it is no number of attempts. */
export function sdkAttemptsOf(result: unknown): number | undefined {
  const attempts = tryRead<unknown>(
    () => undefined,
    () => asObject(asObject(result)?.['$metadata'])?.['attempts'],
  );
  const isCount = Number.isSafeInteger(attempts) && (attempts as number) >= 0 && (attempts as number) <= MAX_ATTEMPTS;
  return isCount ? (attempts as number) : undefined;
}
