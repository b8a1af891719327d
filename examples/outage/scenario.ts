// The scenario as data: the messages, the outcome that the channel flow gives each, and the faults with their times.
// `run-scenario.ts` runs it; the two kinds of `backend.ts` implement the faults.

/** The flow's outcome, and after how many milliseconds it comes. 0: no flow, the send's response has the status SENT. */
export interface PlannedMessage {
  readonly number: number;
  readonly atMs: number;
  readonly text: string;
  readonly outcome: 'SENT' | 'FAILED' | 'DENIED';
  readonly afterMs: number;
}

export type Action = 'connect' | 'cut' | 'throttle' | 'restore';

export interface ScriptStep {
  readonly atMs: number;
  readonly action: Action;
  readonly text: string;
}

export const script: readonly ScriptStep[] = [
  { atMs: 0, action: 'connect', text: 'The websocket works: every outcome arrives by push, without a poll.' },
  { atMs: 5_500, action: 'cut', text: 'CUT! The tracker notices within a second, and polls from then on.' },
  { atMs: 11_000, action: 'throttle', text: 'One poll is answered 429: requests pause for 1 s, then half the rate.' },
  { atMs: 13_000, action: 'restore', text: 'The websocket reconnects: one reconcile, then push again.' },
];

/** On a real account, the demo stops the session instead of cutting the socket, and does not throttle. */
export const scriptOnAws: readonly ScriptStep[] = [
  { atMs: 0, action: 'connect', text: 'The session starts: every outcome arrives by push, without a poll.' },
  { atMs: 5_500, action: 'cut', text: 'The session is STOPPED: the tracker polls instead.' },
  { atMs: 13_000, action: 'restore', text: 'The session starts again: one reconcile, then push again.' },
];

type Row = readonly [text: string, outcome: PlannedMessage['outcome'], afterMs: number];

const whilePushWorks: readonly Row[] = [
  ['Morning!', 'SENT', 300],
  ['Anyone up?', 'SENT', 500],
  ['Coffee?', 'SENT', 250],
  ['Buy $$$ now', 'DENIED', 400],
  ['Yes please', 'SENT', 350],
  ['A big photo', 'SENT', 4_800], // outcome while the socket is down
  ['On my way', 'SENT', 0],
  ['2 minutes', 'SENT', 450],
  ['Lambda down', 'FAILED', 600],
  ['A long video', 'SENT', 11_500], // outcome after the socket is back
  ['Room 4?', 'SENT', 300],
  ['Room 5', 'SENT', 400],
  ['Free money', 'DENIED', 300],
  ['Thanks', 'SENT', 250],
  ['Slides?', 'SENT', 500],
  ['Sent them', 'SENT', 2_400],
  ['Got them', 'SENT', 1_300],
  ['A rude word', 'DENIED', 1_500],
  ['Ouch', 'SENT', 1_200],
  ['Stop it', 'SENT', 900],
];

const whileTheSocketIsDown: readonly Row[] = [
  ['Hello?', 'SENT', 300],
  ['Still there?', 'SENT', 600],
  ['Click here', 'DENIED', 400],
  ['I am', 'SENT', 350],
  ['Lambda gone', 'FAILED', 700],
  ['A scan', 'SENT', 3_600],
  ['Page 1', 'SENT', 0],
  ['Page 2', 'SENT', 400],
  ['More spam', 'DENIED', 500],
  ['Timed out', 'FAILED', 450],
  ['Big upload', 'SENT', 4_600], // outcome after the socket is back
  ['Page 4', 'SENT', 700],
];

const whenItIsBack: readonly Row[] = [
  ['All good?', 'SENT', 300],
  ['Seems so', 'SENT', 400],
  ['Lottery win', 'DENIED', 350],
  ['Lunch?', 'SENT', 450],
  ['Noodles', 'SENT', 250],
  ['Bot crashed', 'FAILED', 500],
  ['12:30', 'SENT', 300],
  ['See you', 'SENT', 400],
];

export const messages: readonly PlannedMessage[] = [
  ...spread(whilePushWorks, 600, 240),
  ...spread(whileTheSocketIsDown, 6_000, 440),
  ...spread(whenItIsBack, 14_200, 450),
].map((message, index) => ({ ...message, number: index + 1 }));

function spread(rows: readonly Row[], fromMs: number, everyMs: number): Omit<PlannedMessage, 'number'>[] {
  return rows.map(([text, outcome, afterMs], index) => ({ atMs: fromMs + index * everyMs, text, outcome, afterMs }));
}
