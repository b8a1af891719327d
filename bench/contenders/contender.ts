/** A way to find out the outcome of messages, as a scene uses it. */

export interface Sent {
  readonly channelArn: string;
  readonly messageId: string;
}

/** An event of the websocket, as a session's observer gets it. */
export interface PushEvent {
  readonly type: string;
  readonly headers: object;
  readonly payload: string;
}

/** The AWS SDK's client, or a double of it in scenes with a thousand clients. */
export interface Client {
  // The SDK's own signature is a generic overload over its command classes.
  // oxlint-disable-next-line typescript/no-explicit-any
  send(command: any, options?: { abortSignal?: AbortSignal }): Promise<any>;
}

export interface Surroundings {
  readonly client: Client;
  readonly bearer: string;
  /** Called once for each message, when its outcome is known. */
  readonly onKnown: (messageId: string) => void;
}

export interface Follower {
  /** A message was sent, and is pending. */
  follow(message: Sent): void;
  /** The websocket came up, or went down. It is down before the first `up`. */
  link(state: 'up' | 'down'): void;
  push(event: PushEvent): void;
  close(): Promise<void> | void;
}

export interface Contender {
  readonly name: string;
  /** Its settings, in a few words. */
  readonly settings: string;
  create(surroundings: Surroundings): Follower;
}
