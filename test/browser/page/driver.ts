/**
 * What the page program offers to the test that opened the page: the words between them, all of it plain JSON. What it
 * does is `main.ts`.
 */
import type { DeliveryStats, DeliveryStatus, DeliveryTrackerOptions } from 'chime-delivery';
import type { Marks, StoreKind } from './store.ts';

export interface StartOptions {
  /** The emulator. */
  readonly endpoint: string;
  readonly region: string;
  readonly userArn: string;
  readonly channelArn: string;
  readonly tracker?: Partial<
    Pick<DeliveryTrackerOptions, 'rateLimit' | 'polling' | 'missing' | 'retry' | 'requestTimeoutMs' | 'tabs'>
  >;
  readonly session?: SessionOptions;
  /** Default: none. */
  readonly store?: StoreKind;
}

export interface SessionOptions {
  readonly prefetch?: boolean;
  /** After how long the session gives up reconnecting. Default: its own 10 s. */
  readonly reconnectTimeoutMs?: number;
  /** `host:port` of a relay in front of the emulator's websocket. */
  readonly relay?: string;
}

/** A message as the tracker's `settled` event told of it. Times are real milliseconds since the epoch. */
export interface Ending {
  readonly id: string;
  readonly messageId: string | undefined;
  readonly status: DeliveryStatus;
  readonly evidence: string | undefined;
  readonly polls: number;
  readonly at: number;
}

/** One thing that happened in the page, by the real clock whatever the page's own is made to say. */
export interface Moment {
  readonly at: number;
  readonly what: string;
}

export interface Driver {
  /** Makes the client, the tracker and the session; the tracker listens, the session is not started. */
  open(options: StartOptions): void;
  /** Starts the session; resolves when it is established. */
  connect(): Promise<void>;
  /** Starts the session and sends in the very turn in which it is established. */
  connectAndSend(contents: readonly string[]): Promise<string[]>;
  /** Calls the session's own `stop`. */
  stopSession(): void;
  /** Sends one message for each content; returns our ids. */
  send(contents: readonly string[]): string[];
  /** Tracks messages that were sent elsewhere; returns our ids. */
  track(messageIds: readonly string[]): string[];
  /** Sends one message after the other, until the page is no more. */
  keepSending(name: string): Promise<never>;
  /** Resolves when what came back from the store, and all since, is settled. */
  untilIdle(): Promise<void>;
  /** What this page and those before it have known. */
  marks(): Marks;
  untilPending(ids: readonly string[]): Promise<void>;
  untilSettled(ids: readonly string[]): Promise<void>;
  /** Every `settled` event so far. */
  endings(): Ending[];
  stats(): DeliveryStats;
  /** What an observer of the session heard: 'connecting', 'reconnecting', 'started', 'stopped 4999', and event types. */
  story(): Moment[];
  /** What the tracker said beside deliveries: 'suspended', 'link down', 'warn: …', …, and what the page said: 'online', … */
  notices(): Moment[];
  /** Errors and rejections that nobody caught. */
  surprises(): string[];
  /** From now on the credentials provider gives old ones, or good ones again. */
  expireCredentials(expired: boolean): void;
  /** `attach` with something that is no session; returns the name and message of what it threw, if anything. */
  attachAnything(source: unknown): string | undefined;
  /** Milliseconds that the tracker takes for all of these events, handed to its observer one after the other. */
  timeEvents(events: readonly { readonly type: string; readonly payload: string }[], rounds: number): number;
  /** Milliseconds for `rounds` bare parsings of this payload, for comparison. */
  timeParsing(payload: string, rounds: number): number;
  /** What a browser says when a page comes back from where it was kept. */
  dispatchPageShow(): void;
  /** What a browser says when the network is back. */
  dispatchOnline(): void;
  status(id: string): DeliveryStatus | undefined;
  /** Keeps the page from doing anything else for so long, in milliseconds. */
  hang(ms: number): void;
  /** Closes the tracker; the session goes on. */
  closeTracker(): Promise<void>;
  close(): Promise<void>;
}

declare global {
  interface Window {
    driver: Driver;
  }
}
