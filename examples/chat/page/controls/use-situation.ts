// The faults in effect, for a component.
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Situation } from '../../protocol.ts';
import type { SituationChange, DemoControl } from './demo-control.ts';

export function useSituationChanges(control: DemoControl): readonly SituationChange[] {
  return useSyncExternalStore(control.subscribe, control.read);
}

export function useSituation(control: DemoControl): Situation {
  const { situation } = useSituationChanges(control).at(-1) ?? { situation: control.described.situation };
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
