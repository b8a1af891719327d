// The current time, updated ten times a second, or once a second with `prefers-reduced-motion`.
import { useEffect, useState } from 'react';

const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), reducedMotion.matches ? 1_000 : 100);
    return () => clearInterval(timer);
  }, []);
  return now;
}
