// Selects one of a few options: radio buttons drawn as one control.
import type { LucideIcon } from 'lucide-react';
import { useId, type ReactElement } from 'react';

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly icon: LucideIcon;
}

interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly Option<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ legend, options, value, onChange }: ChoiceProps<Value>): ReactElement {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      <div className="choice-options">
        {options.map(({ value: one, label, icon: Icon }) => (
          <label key={one} data-value={one}>
            <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
            <Icon aria-hidden size={16} />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
