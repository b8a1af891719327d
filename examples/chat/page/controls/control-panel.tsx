// The panel that breaks things: the websockets, the credentials, the budget, and what the processor does.
import { Ban, CheckCheck, CircleAlert, Gauge, Hourglass, KeyRound, PlugZap, Satellite, Unplug } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Command, Outcome, SocketState } from '../../protocol.ts';
import { Choice, type Option } from './choice.tsx';
import type { StageControl } from './stage-control.ts';
import { TroubleButton } from './fault-button.tsx';
import { useSituation } from './use-situation.ts';

const TROUBLE_SECONDS = 6;

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

export function ControlPanel({ stage }: { stage: StageControl }): ReactElement {
  const { sockets: socket, expiredUntil, throttledUntil, processor } = useSituation(stage);
  const give = (command: Command): void => {
    stage.command(command).catch((error: unknown) => console.warn('The stage did not obey.', error));
  };
  return (
    <section className="panel card" aria-labelledby="panel-title">
      <h2 id="panel-title">Break something</h2>
      <Choice legend="The websockets" options={sockets} value={socket} onChange={(to) => give({ do: 'sockets', to })} />
      <fieldset className="troubles">
        <legend>The service</legend>
        <TroubleButton
          label="Throttle (429)"
          icon={Gauge}
          seconds={TROUBLE_SECONDS}
          until={throttledUntil}
          onStart={() => give({ do: 'throttle', seconds: TROUBLE_SECONDS })}
        />
        <TroubleButton
          label="Expire credentials"
          icon={KeyRound}
          seconds={TROUBLE_SECONDS}
          until={expiredUntil}
          onStart={() => give({ do: 'expire', seconds: TROUBLE_SECONDS })}
        />
      </fieldset>
      <Choice
        legend="What the moderator does next"
        options={outcomes}
        value={processor.outcome}
        onChange={(outcome) => give({ ...processor, do: 'process', outcome })}
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
          onChange={(event) => give({ ...processor, do: 'process', delayMs: Number(event.target.value) * 1_000 })}
        />
        <output>{(processor.delayMs / 1_000).toFixed(1)} s</output>
      </label>
    </section>
  );
}
