// The scenario as data: what is said, what the channel flow will make of it, and what happens at which second. Nothing runs
// in here: `play.ts` plays it, `stage.ts` and its two kinds say what a cut or a throttle is.

/** What the flow answers and after how many milliseconds; 0: no flow looks at it, the send's own answer says SENT. */
export interface PlannedMessage {
  readonly number: number;
  readonly atMs: number;
  readonly text: string;
  readonly outcome: 'SENT' | 'FAILED' | 'DENIED';
  readonly afterMs: number;
}

export type Deed = 'connect' | 'cut' | 'throttle' | 'restore';

export interface StoryStep {
  readonly atMs: number;
  readonly deed: Deed;
  readonly says: string;
}

export const story: readonly StoryStep[] = [
  { atMs: 0, deed: 'connect', says: 'The websocket works: every outcome is pushed, nothing has to be asked.' },
  { atMs: 5_500, deed: 'cut', says: 'CUT! Noticed within a second; from then on outcomes are asked for (poll).' },
  { atMs: 11_000, deed: 'throttle', says: 'One question is answered 429: silence for 1 s, then half the rate.' },
  { atMs: 13_000, deed: 'restore', says: 'Websockets are let in again: ask for what was missed, then push again.' },
];

/** On a real account nobody can throttle the service, and the outage is the session being stopped. */
export const storyOnAws: readonly StoryStep[] = [
  { atMs: 0, deed: 'connect', says: 'The session starts: every outcome is pushed, nothing has to be asked.' },
  { atMs: 5_500, deed: 'cut', says: 'The session is STOPPED: outcomes are asked for instead.' },
  { atMs: 13_000, deed: 'restore', says: 'The session starts again: ask for what was missed, then push again.' },
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
