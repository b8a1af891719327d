// A message as the service knows it. Who may see it is `visibility.ts`'s, how it looks to a reader `message-view.ts`'s.

/** What a message can be, to the service. DENIED messages are not stored by the real one; here their truth is kept. */
export type MessageStatus = 'PENDING' | 'SENT' | 'FAILED' | 'DENIED';

export type MessageType = 'STANDARD' | 'CONTROL';

export type MessagePersistence = 'PERSISTENT' | 'NON_PERSISTENT';

/** One edit of a message, with an outcome of its own. */
export interface UpdateRecord {
  /** What was asked for. What the processor made of it is in the message. */
  readonly content: string;
  readonly metadata: string | undefined;
  readonly status: MessageStatus;
  readonly detail: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly decidedAt: number | undefined;
}

/** The truth about one message, whatever the road did to the answers about it. Times are milliseconds since the epoch. */
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
  /** As it is now: edits and the processor change it. */
  readonly content: string;
  /** As it was sent. */
  readonly submittedContent: string;
  readonly metadata: string | undefined;
  readonly contentType: string | undefined;
  readonly attributes: unknown;
  /** ARNs of the only members that may see it besides the sender, where it is a targeted message. */
  readonly target: readonly string[] | undefined;
  /** What became of the send. An update never changes it: see `updates`. */
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
