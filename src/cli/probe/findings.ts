/** What a probe has found: the settings of the emulator that are the account's, and the rows of its table. Pure. */
import type { ChimeEmulatorSettings } from '../../emulator/options.ts';
import type { DeniedShape } from '../../emulator/service/settings.ts';
import type { RawAnswer } from './recording-handler.ts';

/** The settings that a probe can find. */
export type Found = Partial<
  Pick<
    ChimeEmulatorSettings,
    | 'deniedShape'
    | 'lagShape'
    | 'readLagMs'
    | 'knownToken'
    | 'pendingEdit'
    | 'refusedEdit'
    | 'editTimestamp'
    | 'editWhilePending'
    | 'hideRequestId'
    | 'exposedHeaders'
  >
>;

export interface Finding {
  readonly question: string;
  readonly answer: string;
}

/** The shape of an answer to GetChannelMessageStatus that has no status; undefined for one that has. */
export function shapeOf(answer: RawAnswer): DeniedShape | `${number}` | undefined {
  const { status } = answer;
  if (status === 404) return 'not-found';
  if (status !== 200) return `${status}`;
  const parsed = parseBody(answer);
  if (!('Status' in parsed)) return 'empty';
  if (parsed.Status === null) return 'null';
  return parsed.Status?.Value === undefined ? 'no-status' : undefined;
}

/** The body of an answer to GetChannelMessageStatus. */
export function parseBody({ body }: RawAnswer): { readonly Status?: { readonly Value?: string } | null } {
  return (body === '' ? {} : JSON.parse(body)) as { Status?: { Value?: string } | null };
}

/** Options of the tracker that fit what was found, with the reason. */
export function optionsFor({ readLagMs, deniedShape }: Found): Finding[] {
  const lag = typeof readLagMs === 'number' ? readLagMs : 0;
  return [
    ...(lag > 5_000
      ? [
          {
            question: 'missing.unseenMs',
            answer: `${Math.ceil((lag * 2) / 1_000) * 1_000}: reads took ${lag} ms to find a message`,
          },
        ]
      : []),
    ...(deniedShape === undefined
      ? []
      : [{ question: 'missing', answer: 'the defaults: a denied message is recognized by its missing status' }]),
  ];
}

/** Two columns for a terminal. */
export function tableOf(findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ question }) => question.length));
  return findings.map(({ question, answer }) => `${question.padEnd(width)}  ${answer}`).join('\n');
}
