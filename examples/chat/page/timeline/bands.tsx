// Bands of link up and down, as the tracker believed it at each moment.
import type { ReactElement } from 'react';
import type { LinkSince } from './trace.ts';
import { stretchOf, type TimeWindow } from './window.ts';

export function Bands({ links, window }: { links: readonly LinkSince[]; window: TimeWindow }): ReactElement {
  return (
    <>
      {links.map(({ at, link }, index) => {
        const end = links[index + 1]?.at ?? window.now;
        if (end < window.from) return null;
        return <i key={at} className="band" data-link={link} style={stretchOf(at, end, window)} />;
      })}
    </>
  );
}
