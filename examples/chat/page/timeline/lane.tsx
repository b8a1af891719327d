// One message as a lane: send, polls, push events and the outcome, over bands of push up and down.
import type { DeliveryState } from 'chime-delivery';
import { useDelivery } from 'chime-delivery/react';
import type { ReactElement } from 'react';
import type { Row } from '../conversation/conversation.ts';
import { Bands } from './bands.tsx';
import type { Mark, Trace } from './trace.ts';
import { summaryOf } from './summary.ts';
import { isVisible, positionOf, spanOf, type TimeWindow } from './window.ts';

interface LaneProps {
  readonly row: Row;
  readonly trace: Trace;
  readonly window: TimeWindow;
}

export function Lane({ row, trace, window }: LaneProps): ReactElement | null {
  const state = useDelivery(row.delivery);
  if (state === undefined) return null;
  const end = 'settledAt' in state ? state.settledAt : window.now;
  const marks = marksOf(state, trace).filter(({ at }) => isVisible(at, window));
  return (
    <li className="lane" data-status={state.status}>
      <span className="lane-text">{row.text}</span>
      <span className="track" aria-hidden>
        <Bands links={trace.links} window={window} />
        {isVisible(end, window) && (
          <i className="line" data-status={state.status} style={spanOf(state.trackedAt, end, window)} />
        )}
        {marks.map((mark, index) => (
          <i
            key={index}
            className="mark"
            data-kind={mark.kind}
            data-result={mark.result}
            style={{ left: `${positionOf(mark.at, window)}%` }}
          />
        ))}
        {'settledAt' in state && isVisible(end, window) && (
          <i className="end" data-status={state.status} style={{ left: `${positionOf(end, window)}%` }} />
        )}
      </span>
      <span className="summary">
        <b data-status={state.status}>{state.status}</b> <span>{summaryOf(state, window.now)}</span>
      </span>
    </li>
  );
}

function marksOf({ id, messageId }: DeliveryState, { marks }: Trace): Mark[] {
  return marks.filter(({ about }) => about === id || about === messageId);
}
