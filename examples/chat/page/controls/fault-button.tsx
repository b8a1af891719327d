// Injects a fault for some seconds and counts down while it lasts.
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { useCountdown } from './use-situation.ts';

interface FaultButtonProps {
  readonly label: string;
  readonly seconds: number;
  readonly until: number;
  readonly icon: LucideIcon;
  readonly onStart: () => void;
}

export function FaultButton({ label, seconds, until, icon: Icon, onStart }: FaultButtonProps): ReactElement {
  const secondsLeft = useCountdown(until);
  return (
    <button type="button" className="fault" data-active={secondsLeft > 0} onClick={onStart}>
      <Icon aria-hidden size={16} />
      <span>{label}</span>
      <small>{secondsLeft > 0 ? `${secondsLeft} s left` : `for ${seconds} s`}</small>
    </button>
  );
}
