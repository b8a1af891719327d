// A message in the service. `visibility.ts` decides who can read it, and `message-view.ts` makes the reader's view.

/** The statuses of a message. The real service does not store DENIED messages; the emulator keeps them as the truth. */
export type MessageStatus = 'PENDING' | 'SENT' | 'FAILED' | 'DENIED';

export type MessageType = 'STANDARD' | 'CONTROL';

export type MessagePersistence = 'PERSISTENT' | 'NON_PERSISTENT';

/** One edit of a message, with an outcome of its own. */
export interface UpdateRecord {
  /** The requested content. The message has the content that the processor made of it. */
  readonly content: string;
  readonly metadata: string | undefined;
  readonly status: MessageStatus;
  readonly detail: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly decidedAt: number | undefined;
}

/** The truth about one message, even if the network lost the answers about it. Times are milliseconds since the epoch. */
export interface TruthRecord {
  readonly messageId: string;
  readonly channelArn: string;
  readonly subChannelId: string | undefined;
  /** ARN of the bearer that sent it. */
  readonly sender: string;
  /** The `ClientRequestToken` of the send. */
  readonly token: string;
  readonly type: MessageType;
  readonly persistence: MessagePersistence;
  /** The current content: edits and the processor change it. */
  readonly content: string;
  /** As it was sent. */
  readonly submittedContent: string;
  readonly metadata: string | undefined;
  readonly contentType: string | undefined;
  readonly attributes: unknown;
  /** For a targeted message, the ARNs of the only members that may see it besides the sender. */
  readonly target: readonly string[] | undefined;
  /** The outcome of the send. An update never changes it: see `updates`. */
  readonly status: MessageStatus;
  readonly detail: string | undefined;
  readonly createdAt: number;
  /** When the outcome was fixed; undefined while it is PENDING. */
  readonly decidedAt: number | undefined;
  readonly lastUpdatedAt: number;
  readonly lastEditedAt: number | undefined;
  readonly redacted: boolean;
  readonly deleted: boolean;
  /** Every edit that was accepted, oldest first. */
  readonly updates: readonly UpdateRecord[];
}

/** The service's own, writable side of {@link UpdateRecord}. */
export type StoredUpdate = { -readonly [K in keyof UpdateRecord]: UpdateRecord[K] };

/** The service's own, writable side of {@link TruthRecord}. */
export type StoredMessage = { -readonly [K in keyof Omit<TruthRecord, 'updates'>]: TruthRecord[K] } & {
  updates: StoredUpdate[];
};
