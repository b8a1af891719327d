/** The app's logger, with its exceptions and rejections ignored: it is called in the middle of requests and state changes. */
import { callSafely } from './call-safely.ts';
import type { Logger } from './client.ts';

export function safeLogger(logger: Logger): Logger {
  // The logger is where such an error would be logged, and it has just failed.
  const ignore = (): void => undefined;
  const quietly =
    (level: keyof Logger) =>
    (message: string, ...details: unknown[]): void =>
      callSafely(() => logger[level](message, ...details), ignore);
  return { debug: quietly('debug'), info: quietly('info'), warn: quietly('warn'), error: quietly('error') };
}
