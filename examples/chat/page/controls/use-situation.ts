// How things stand on the stage, in a component.
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Situation } from '../../protocol.ts';
import type { Chapter, StageControl } from './stage-control.ts';

export function useChapters(stage: StageControl): readonly Chapter[] {
  return useSyncExternalStore(stage.subscribe, stage.read);
}

export function useSituation(stage: StageControl): Situation {
  const { situation } = useChapters(stage).at(-1) ?? { situation: stage.described.situation };
  return situation;
}

/** Whole seconds until a moment, 0 from then on. */
export function useCountdown(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = (): void => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    };
    const timer = setInterval(tick, 250);
    tick();
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, Math.ceil((until - now) / 1_000));
}
