/** The styles of the element. Colours have a contrast of 4.5:1 on their surfaces, light and dark. */
import { css, type CSSResult } from 'lit';

export const styles: CSSResult = css`
  :host {
    --surface: #ffffff;
    --sunken: #f5f6fa;
    --line: #dcdfea;
    --text: #191b26;
    --muted: #565c70;
    --accent: #4a42d8;
    --ok: #0c7a4b;
    --bad: #bd1f31;
    --warn: #8f5200;
    --poll: #b36200;
    --push: #0e7490;
    --up: #dff3e8;
    --down: #fbe3e5;
    display: block;
    box-sizing: border-box;
    min-width: 0;
    color: var(--text);
    background: var(--surface);
    font:
      13px/1.4 system-ui,
      sans-serif;
    color-scheme: light dark;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --surface: #181b25;
      --sunken: #12141c;
      --line: #2b2f3e;
      --text: #eceef5;
      --muted: #a3a9be;
      --accent: #a5a1ff;
      --ok: #5fd39c;
      --bad: #ff8f99;
      --warn: #f2b45c;
      --poll: #f2a53c;
      --push: #62cfe8;
      --up: #15301f;
      --down: #37191d;
    }
  }
  :host([floating]) {
    position: fixed;
    inset: auto 0 0;
    z-index: 2147483000;
    max-height: 45vh;
    overflow: auto;
    border-top: 1px solid var(--line);
  }
  * {
    box-sizing: border-box;
  }
  header,
  footer {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 14px;
    align-items: center;
    padding: 8px 12px;
  }
  h2 {
    margin: 0;
    font-size: 14px;
  }
  p,
  dl,
  dd,
  ol {
    margin: 0;
    padding: 0;
  }
  button,
  input {
    min-height: 28px;
    padding: 2px 8px;
    border: 1px solid var(--muted);
    border-radius: 6px;
    color: inherit;
    background: none;
    font: inherit;
  }
  input {
    width: 14em;
    max-width: 100%;
    min-width: 0;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-left: auto;
    min-width: 0;
  }
  .link::before {
    content: '';
    display: inline-block;
    width: 9px;
    height: 9px;
    margin-right: 5px;
    border-radius: 50%;
    background: var(--bad);
  }
  .link[data-link='up']::before {
    background: var(--ok);
  }
  .gauge {
    display: flex;
    gap: 6px;
    align-items: center;
    color: var(--muted);
  }
  meter {
    width: 80px;
  }
  ol {
    list-style: none;
  }
  .lane {
    display: grid;
    grid-template-columns: minmax(80px, 190px) minmax(0, 1fr) 190px;
    gap: 0 12px;
    align-items: center;
    width: 100%;
    min-height: 32px;
    padding: 0 12px;
    border: 0;
    border-radius: 0;
    text-align: left;
    cursor: pointer;
  }
  .lane[aria-pressed='true'] {
    box-shadow: inset 3px 0 var(--accent);
    background: var(--sunken);
  }
  .text,
  dd {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .track {
    position: relative;
    display: block;
    height: 26px;
    overflow: hidden;
    background: var(--sunken);
  }
  .track > i {
    position: absolute;
  }
  .band {
    top: 0;
    bottom: 0;
    background: var(--down);
  }
  .band[data-link='up'] {
    background: var(--up);
  }
  .line {
    top: 12px;
    height: 2px;
    background: var(--muted);
  }
  .mark,
  .key {
    top: 8px;
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 50%;
  }
  .track > .mark {
    translate: -50%;
  }
  [data-kind='send'] {
    background: var(--accent);
  }
  [data-kind='poll'] {
    border: 2px solid var(--poll);
    background: var(--surface);
  }
  [data-kind='push'] {
    border-radius: 0;
    background: var(--push);
    clip-path: polygon(50% 100%, 0 0, 100% 0);
  }
  [data-kind='failed'] {
    border-radius: 2px;
    background: var(--bad);
    rotate: 45deg;
  }
  .end {
    top: 3px;
    width: 4px;
    height: 20px;
    translate: -100%;
    border-radius: 2px;
  }
  .end[data-status='SENT'],
  .line[data-status='SENT'] {
    background: var(--ok);
  }
  .end[data-status='UNKNOWN'],
  .line[data-status='UNKNOWN'] {
    background: var(--warn);
  }
  :is(.end, .line):is([data-status='FAILED'], [data-status='DENIED']) {
    background: var(--bad);
  }
  .state,
  .empty,
  dt,
  .keys {
    color: var(--muted);
  }
  .state {
    white-space: nowrap;
  }
  b[data-status='SENT'] {
    color: var(--ok);
  }
  b:is([data-status='FAILED'], [data-status='DENIED']) {
    color: var(--bad);
  }
  b[data-status='UNKNOWN'] {
    color: var(--warn);
  }
  .empty {
    padding: 8px 12px;
  }
  .detail {
    padding: 8px 12px;
    border-top: 1px solid var(--line);
  }
  .sentence {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    margin-top: 4px;
  }
  dl div {
    display: flex;
    gap: 6px;
    min-width: 0;
    max-width: 100%;
  }
  dt {
    white-space: nowrap;
  }
  .counts {
    margin: 0;
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
  }
  .keys span {
    display: flex;
    gap: 5px;
    align-items: center;
  }
  .key.band {
    width: 16px;
    border-radius: 2px;
  }
  @media (max-width: 600px) {
    .lane {
      grid-template-columns: minmax(0, 1fr) auto;
      padding-block: 4px;
    }
    .track {
      grid-column: 1 / -1;
      grid-row: 2;
    }
    .tools {
      margin-left: 0;
    }
  }
`;
