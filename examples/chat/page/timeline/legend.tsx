// The legend of the marks.
import type { ReactElement } from 'react';

export function Legend(): ReactElement {
  return (
    <ul className="legend" aria-label="Legend">
      <li>
        <i aria-hidden className="mark" data-kind="send" data-result="answered" /> send
      </li>
      <li>
        <i aria-hidden className="mark" data-kind="poll" data-result="answered" /> poll
      </li>
      <li>
        <i aria-hidden className="mark" data-kind="poll" data-result="failed" /> failed request
      </li>
      <li>
        <i aria-hidden className="mark" data-kind="push" data-result="answered" /> push event
      </li>
      <li>
        <i aria-hidden className="end" data-status="SENT" /> outcome
      </li>
      <li>
        <i aria-hidden className="swatch" data-link="up" /> push up
      </li>
      <li>
        <i aria-hidden className="swatch" data-link="down" /> push down
      </li>
    </ul>
  );
}
