// The stretch of time that the timeline shows, and where in it a moment lies.

export const WINDOW_MS = 20_000;
/** Kept free on the right, so that what happens now is not cut off. */
const AHEAD_MS = 500;

export interface TimeWindow {
  readonly from: number;
  readonly now: number;
}

export function windowAt(now: number): TimeWindow {
  return { from: now - WINDOW_MS + AHEAD_MS, now };
}

/** In percent of the width, never outside. */
export function placeOf(at: number, { from }: TimeWindow): number {
  return Math.min(100, Math.max(0, ((at - from) / WINDOW_MS) * 100));
}

/** For CSS: where a stretch begins and how wide it is. */
export function stretchOf(start: number, end: number, window: TimeWindow): { left: string; width: string } {
  const left = placeOf(start, window);
  return { left: `${left}%`, width: `${placeOf(end, window) - left}%` };
}

export function isVisible(at: number, { from }: TimeWindow): boolean {
  return at >= from;
}
