/** The app's logger, so that one that throws or rejects harms nobody: it is called in the middle of requests and changes. */
import { callSafely } from './call-safely.ts';
import type { Logger } from './client.ts';

export function safeLogger(logger: Logger): Logger {
  // There is nobody left to tell: the place for such news is the one that has just failed.
  const ignore = (): void => undefined;
  const quietly =
    (level: keyof Logger) =>
    (message: string, ...details: unknown[]): void =>
      callSafely(() => logger[level](message, ...details), ignore);
  return { debug: quietly('debug'), info: quietly('info'), warn: quietly('warn'), error: quietly('error') };
}
