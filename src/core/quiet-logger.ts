/** The app's logger, so that one that throws or rejects harms nobody: it is called in the middle of requests and changes. */
import { callQuietly } from './call-quietly.ts';
import type { Logger } from './ports.ts';

export function quietLogger(logger: Logger): Logger {
  // There is nobody left to tell: the place for such news is the one that has just failed.
  const ignore = (): void => undefined;
  const quietly =
    (level: keyof Logger) =>
    (message: string, ...details: unknown[]): void =>
      callQuietly(() => logger[level](message, ...details), ignore);
  return { debug: quietly('debug'), info: quietly('info'), warn: quietly('warn'), error: quietly('error') };
}
