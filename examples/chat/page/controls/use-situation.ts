// The faults in effect, for a component.
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Situation } from '../../protocol.ts';
import type { SituationChange, StageControl } from './stage-control.ts';

export function useSituationChanges(stage: StageControl): readonly SituationChange[] {
  return useSyncExternalStore(stage.subscribe, stage.read);
}

export function useSituation(stage: StageControl): Situation {
  const { situation } = useSituationChanges(stage).at(-1) ?? { situation: stage.described.situation };
  return situation;
}

/** Whole seconds until a time, 0 after it. */
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
