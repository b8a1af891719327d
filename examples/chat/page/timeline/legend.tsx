// What the marks mean.
import type { ReactElement } from 'react';

export function Legend(): ReactElement {
  return (
    <ul className="legend" aria-label="Legend">
      <li>
        <i aria-hidden className="mark" data-kind="send" data-answer="answered" /> send
      </li>
      <li>
        <i aria-hidden className="mark" data-kind="look" data-answer="answered" /> look
      </li>
      <li>
        <i aria-hidden className="mark" data-kind="look" data-answer="refused" /> refused
      </li>
      <li>
        <i aria-hidden className="mark" data-kind="push" data-answer="answered" /> push, which is free
      </li>
      <li>
        <i aria-hidden className="end" data-status="SENT" /> outcome
      </li>
      <li>
        <i aria-hidden className="swatch" data-link="up" /> link up
      </li>
      <li>
        <i aria-hidden className="swatch" data-link="down" /> link down
      </li>
    </ul>
  );
}
