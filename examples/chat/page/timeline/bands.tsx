// Bands of push up and down, as the tracker reported them.
import type { ReactElement } from 'react';
import type { LinkSince } from './trace.ts';
import { spanOf, type TimeWindow } from './window.ts';

export function Bands({ links, window }: { links: readonly LinkSince[]; window: TimeWindow }): ReactElement {
  return (
    <>
      {links.map(({ at, link }, index) => {
        const end = links[index + 1]?.at ?? window.now;
        if (end < window.from) return null;
        return <i key={at} className="band" data-link={link} style={spanOf(at, end, window)} />;
      })}
    </>
  );
}
