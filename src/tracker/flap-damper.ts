/**
 * How often reconnects and wake-ups may bring polls forward. The first one does so at once. As long as they keep coming, as
 * with a link that flaps, the time between two grows from a second to a minute; after a rest the next one is the first again.
 */
import { LinkedMap } from '../shared/linked-map.ts';

const FIRST_GAP_MS = 1_000;
const MAX_GAP_MS = 60_000;
/** The gap begins again after a rest of this, in milliseconds, or of twice the gap. */
const REST_MS = 30_000;
/** With more sources than this, the first one is forgotten. */
const MAX_SOURCES = 1_000;

interface Source {
  /** When polls were, or will be, brought forward for it. */
  readonly at: number;
  readonly gapMs: number;
}

export class FlapDamper {
  readonly #sources = new LinkedMap<string, Source>();

  /**
   * One more sign from `source`, by the monotonic clock.
   *
   * @returns milliseconds to wait before polls are brought forward; undefined where that is planned already
   */
  delayMs(source: string, now: number): number | undefined {
    const last = this.#sources.get(source);
    if (last !== undefined && last.at > now) return undefined;
    const isRested = last === undefined || now - last.at >= Math.max(REST_MS, 2 * last.gapMs);
    const at = isRested ? now : Math.max(now, last.at + last.gapMs);
    this.#sources.set(source, { at, gapMs: isRested ? FIRST_GAP_MS : Math.min(MAX_GAP_MS, 2 * last.gapMs) });
    this.#sources.keepNewest(MAX_SOURCES);
    return at - now;
  }

  /** Whether signs from `source` come so often that they are damped now. */
  isDamped(source: string, now: number): boolean {
    const last = this.#sources.get(source);
    return (
      last !== undefined &&
      (last.at > now || last.gapMs > FIRST_GAP_MS) &&
      now - last.at < Math.max(REST_MS, 2 * last.gapMs)
    );
  }
}
