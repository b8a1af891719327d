/** The time that the timeline shows, and places in it, in percent of its width. Pure. */

/** What the timeline shows, in milliseconds. */
export const WINDOW_MS = 20_000;

export function placeOf(at: number, now: number): number {
  return Math.min(100, Math.max(0, 100 - ((now - at) / WINDOW_MS) * 100));
}

/** Whether any of the time from `from` to `to` is shown. */
export function isShown(to: number, now: number): boolean {
  return to >= now - WINDOW_MS;
}

/** The style of a span of time. */
export function spanOf(from: number, to: number, now: number): string {
  const left = placeOf(from, now);
  return `left:${left}%;width:${placeOf(to, now) - left}%`;
}

/** A duration in words: `850 ms`, `4.2 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 6_000) / 10} min`;
}
