// A link that listens to one session, and all that it has told.

import { Link } from '../../src/link/link.ts';
import { alice } from './known.ts';
import { FakeSession } from './push-kit.ts';

export interface LinkKit {
  readonly link: Link;
  readonly session: FakeSession;
  /** `established`, `down` and `end`, with the name of the user where it is not alice. */
  readonly story: string[];
  readonly reports: unknown[];
  readonly warnings: string[];
  readonly detach: () => void;
}

export function listen(session: FakeSession = new FakeSession(alice)): LinkKit {
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const logger = { debug: silent, info: silent, warn: (text: string) => warnings.push(text), error: silent };
  const link = new Link(logger);
  const story: string[] = [];
  link.events$.subscribe({
    next: ({ kind, chimeBearer }) => story.push(chimeBearer === alice ? kind : `${kind} for bob`),
    complete: () => story.push('end'),
  });
  const reports: unknown[] = [];
  link.reports$.subscribe((report) => reports.push(report));
  const detach = link.attach(session, undefined, alice);
  return { link, session, story, reports, warnings, detach };
}
