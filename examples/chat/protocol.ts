// What the page and the stage behind it say to each other at /stage: the stage describes itself, the page gives commands.

export const STAGE_PATH = '/stage';

/** How the websockets are: half-open ones stay open, and nothing comes through them any more. */
export const socketStates = ['working', 'dropped', 'half-open'] as const;
export type SocketState = (typeof socketStates)[number];

/** What the channel flow's processor does with a message; NEVER: it crashes and never answers. */
export const outcomes = ['SENT', 'FAILED', 'DENIED', 'NEVER'] as const;
export type Outcome = (typeof outcomes)[number];

export interface Processor {
  readonly outcome: Outcome;
  readonly delayMs: number;
}

/** How things stand. Times are milliseconds since the epoch; 0: not at all. */
export interface Situation {
  readonly sockets: SocketState;
  readonly expiredUntil: number;
  readonly throttledUntil: number;
  readonly processor: Processor;
}

/** All that the page needs to know to take part. */
export interface Stage {
  readonly endpoint: string;
  readonly region: string;
  readonly channelArn: string;
  readonly users: readonly { readonly name: string; readonly arn: string }[];
  readonly situation: Situation;
}

export type Command =
  | { readonly do: 'sockets'; readonly to: SocketState }
  | { readonly do: 'expire' | 'throttle'; readonly seconds: number }
  | { readonly do: 'process'; readonly outcome: Outcome; readonly delayMs: number };
