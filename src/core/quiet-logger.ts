/** The app's logger, so that one that throws harms nobody: it is called in the middle of requests and changes. */
import type { Logger } from './ports.ts';

export function quietLogger(logger: Logger): Logger {
  const quietly =
    (level: keyof Logger) =>
    (message: string, ...details: unknown[]): void => {
      try {
        logger[level](message, ...details);
      } catch {
        // There is nobody left to tell: the place for such news is the one that has just failed.
      }
    };
  return { debug: quietly('debug'), info: quietly('info'), warn: quietly('warn'), error: quietly('error') };
}
