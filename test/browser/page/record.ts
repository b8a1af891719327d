/** What happens in the page, on record: by the real clock, whatever a test makes of `Date`. */
import type { Logger } from 'chime-delivery';

import type { Moment } from './driver.ts';

/** Real milliseconds since the epoch. */
export function realNow(): number {
  return performance.timeOrigin + performance.now();
}

export class Record {
  readonly moments: Moment[] = [];

  tell = (what: string): void => {
    this.moments.push({ at: realNow(), what });
  };
}

/** A logger that keeps warnings and errors. */
export function keepingLogger(record: Record): Logger {
  const ignore = (): void => undefined;
  return {
    debug: ignore,
    info: ignore,
    warn: (message) => record.tell(`warn: ${message}`),
    error: (message) => record.tell(`error: ${message}`),
  };
}

/** Errors and rejections that nobody caught. */
export function keepSurprises(): string[] {
  const surprises: string[] = [];
  const show = (thrown: unknown): string =>
    thrown instanceof CloseEvent
      ? `CloseEvent ${thrown.code}`
      : thrown instanceof Error
        ? thrown.message
        : typeof thrown;
  addEventListener('error', ({ error }) => surprises.push(show(error)));
  addEventListener('unhandledrejection', ({ reason }) => surprises.push(show(reason)));
  return surprises;
}

/** What the platform says to the page. */
export function keepSignals(record: Record): void {
  for (const type of ['online', 'offline', 'pageshow']) addEventListener(type, () => record.tell(type));
  for (const type of ['freeze', 'resume']) document.addEventListener(type, () => record.tell(type));
  document.addEventListener('visibilitychange', () => record.tell(document.visibilityState));
}
