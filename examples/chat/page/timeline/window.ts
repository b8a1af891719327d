// The time range that the timeline shows, and the position of a time in it.

export const WINDOW_MS = 20_000;

export interface TimeWindow {
  readonly from: number;
  readonly now: number;
}

export function windowAt(now: number): TimeWindow {
  return { from: now - WINDOW_MS, now };
}

/** In percent of the width, clamped to 0 to 100. */
function positionOf(at: number, { from }: TimeWindow): number {
  return Math.min(100, Math.max(0, ((at - from) / WINDOW_MS) * 100));
}

/** For CSS: the position and the width of a time span. */
export function spanOf(start: number, end: number, window: TimeWindow): { left: string; width: string } {
  const left = positionOf(start, window);
  return { left: `${left}%`, width: `${positionOf(end, window) - left}%` };
}
