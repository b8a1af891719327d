// The time, as often as the timeline moves: ten times a second, or once for those who prefer less motion.
import { useEffect, useState } from 'react';

const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), calm.matches ? 1_000 : 100);
    return () => clearInterval(timer);
  }, []);
  return now;
}
