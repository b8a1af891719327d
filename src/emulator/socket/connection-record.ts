// What a test sees and says of websockets. Without the types of `ws`, which an app need not have.

/** A websocket as the emulator saw it. Times are milliseconds since the epoch. */
export interface ConnectionRecord {
  /** The number of the upgrade, from 1; refused ones count. */
  readonly id: number;
  readonly userArn: string;
  readonly sessionId: string;
  readonly prefetch: boolean;
  readonly openedAt: number;
  /** The HTTP status with which the upgrade was refused, if it was. */
  readonly refused: number | undefined;
  /** When SESSION_ESTABLISHED was sent; undefined if it never was. */
  readonly establishedAt: number | undefined;
  readonly closedAt: number | undefined;
  /** The close code of its end as the emulator saw it (1006: without a close frame). */
  readonly closeCode: number | undefined;
  /** Half-open: the emulator neither sends nor reads on it. */
  readonly mute: boolean;
}

/**
 * How new websockets are refused: `true` with HTTP 503 instead of an upgrade; `'drop'`: opened, and dropped without a close
 * frame before SESSION_ESTABLISHED; `{ closeCode }`: opened, and closed with this code (4401: not authorized).
 */
export type SocketRefusal = boolean | 'drop' | { readonly closeCode: number };
