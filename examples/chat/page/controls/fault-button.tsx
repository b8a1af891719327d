// Makes trouble for a while, and counts down while it lasts.
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { useCountdown } from './use-situation.ts';

interface TroubleButtonProps {
  readonly label: string;
  readonly seconds: number;
  readonly until: number;
  readonly icon: LucideIcon;
  readonly onStart: () => void;
}

export function TroubleButton({ label, seconds, until, icon: Icon, onStart }: TroubleButtonProps): ReactElement {
  const left = useCountdown(until);
  return (
    <button type="button" className="trouble" data-active={left > 0} onClick={onStart}>
      <Icon aria-hidden size={16} />
      <span>{label}</span>
      <small>{left > 0 ? `${left} s left` : `for ${seconds} s`}</small>
    </button>
  );
}
