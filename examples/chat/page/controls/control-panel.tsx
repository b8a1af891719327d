// The panel that injects faults: websockets, throttling, credentials, and the processor's next answers.
import { Ban, CheckCheck, CircleAlert, Gauge, Hourglass, KeyRound, PlugZap, Satellite, Unplug } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Command, Outcome, SocketState } from '../../protocol.ts';
import { Choice, type Option } from './choice.tsx';
import type { DemoControl } from './demo-control.ts';
import { FaultButton } from './fault-button.tsx';
import { useSituation } from './use-situation.ts';

const FAULT_SECONDS = 6;

const sockets: readonly Option<SocketState>[] = [
  { value: 'working', label: 'Working', icon: PlugZap },
  { value: 'dropped', label: 'Dropped', icon: Unplug },
  { value: 'half-open', label: 'Half-open', icon: Satellite },
];

const outcomes: readonly Option<Outcome>[] = [
  { value: 'SENT', label: 'Deliver', icon: CheckCheck },
  { value: 'DENIED', label: 'Deny', icon: Ban },
  { value: 'FAILED', label: 'Fail', icon: CircleAlert },
  { value: 'NEVER', label: 'Ignore', icon: Hourglass },
];

export function ControlPanel({ control }: { control: DemoControl }): ReactElement {
  const { sockets: socket, expiredUntil, throttledUntil, processor } = useSituation(control);
  const apply = (command: Command): void => {
    control.command(command).catch((error: unknown) => console.warn('The command failed.', error));
  };
  return (
    <section className="panel card" aria-labelledby="panel-title">
      <h2 id="panel-title">Inject faults</h2>
      <Choice legend="Websockets" options={sockets} value={socket} onChange={(to) => apply({ do: 'sockets', to })} />
      <fieldset className="faults">
        <legend>Service</legend>
        <FaultButton
          label="Throttle (429)"
          icon={Gauge}
          seconds={FAULT_SECONDS}
          until={throttledUntil}
          onStart={() => apply({ do: 'throttle', seconds: FAULT_SECONDS })}
        />
        <FaultButton
          label="Expire credentials"
          icon={KeyRound}
          seconds={FAULT_SECONDS}
          until={expiredUntil}
          onStart={() => apply({ do: 'expire', seconds: FAULT_SECONDS })}
        />
      </fieldset>
      <Choice
        legend="Moderator's next answers"
        options={outcomes}
        value={processor.outcome}
        onChange={(outcome) => apply({ ...processor, do: 'process', outcome })}
      />
      <label className="delay">
        <span>after</span>
        <input
          type="range"
          min={0}
          max={10}
          step={0.5}
          value={processor.delayMs / 1_000}
          disabled={processor.outcome === 'NEVER'}
          aria-label="Seconds until the moderator answers"
          onChange={(event) => apply({ ...processor, do: 'process', delayMs: Number(event.target.value) * 1_000 })}
        />
        <output>{(processor.delayMs / 1_000).toFixed(1)} s</output>
      </label>
    </section>
  );
}
