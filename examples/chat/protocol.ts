// The protocol between the page and its server at /control: the server describes the situation, the page sends commands.

/** The documentation that the page links to. */
export const DOCS_PATH = '/docs';
export const pages = [
  { name: 'Guide', file: 'guide.md' },
  { name: 'Concepts', file: 'concepts.md' },
  { name: 'Reference', file: 'reference.md' },
] as const;

export const CONTROL_PATH = '/control';

/** The state of the websockets. Half-open: they stay open and deliver nothing. */
export const socketStates = ['working', 'dropped', 'half-open'] as const;
export type SocketState = (typeof socketStates)[number];

/** The answer of the channel flow's processor. NEVER: it crashes without an answer. */
export const outcomes = ['SENT', 'FAILED', 'DENIED', 'NEVER'] as const;
export type Outcome = (typeof outcomes)[number];

export interface Processor {
  readonly outcome: Outcome;
  readonly delayMs: number;
}

/** The faults in effect. Times are milliseconds since the epoch; 0 means none. */
export interface Situation {
  readonly sockets: SocketState;
  readonly expiredUntil: number;
  readonly throttledUntil: number;
  readonly processor: Processor;
}

/** The data that the page needs to connect. */
export interface DemoSetup {
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
