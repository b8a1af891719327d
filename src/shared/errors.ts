/**
 * The errors that an app can get: one class per cause, with a literal `code`, the facts as fields, and a message that says what
 * to do next. Check `error.code` or `isChimeDeliveryError`: `instanceof` fails across two copies of the library.
 */
import { asObject, isNonEmptyString, tryRead } from './unknown-json.ts';

const brand = 'chime-delivery.error';

/** The base class of all errors of this library. */
export abstract class ChimeDeliveryError extends Error {
  /** A literal: a minifier shortens the name of the class. */
  abstract override readonly name: string;
  abstract readonly code: string;
  /** @internal */
  readonly brand: string = brand;
}

/** Whether `error` is one of this library's, whichever copy of it threw. */
export function isChimeDeliveryError(error: unknown): error is ChimeDeliveryError {
  return error instanceof Error && (error as { brand?: unknown }).brand === brand;
}

/** An argument or option is invalid. Thrown synchronously; existing deliveries are unaffected. */
export class InvalidArgumentError extends ChimeDeliveryError {
  readonly name = 'InvalidArgumentError' as const;
  readonly code = 'INVALID_ARGUMENT' as const;
  /** The path of the argument or option, such as `polling.minIntervalMs`. */
  readonly argument: string;
  readonly expected: string;
  readonly received: unknown;

  constructor(argument: string, expected: string, received: unknown, options?: { cause?: unknown }) {
    super(`Expected \`${argument}\` to be ${expected}, got ${describe(received)}.`, options);
    this.argument = argument;
    this.expected = expected;
    this.received = received;
  }
}

/** The tracker was closed: its pending `settled` promises reject with this, and further calls throw it. */
export class TrackerClosedError extends ChimeDeliveryError {
  readonly name = 'TrackerClosedError' as const;
  readonly code = 'TRACKER_CLOSED' as const;

  constructor() {
    super('The delivery tracker is closed: create a new one.');
  }
}

/** `forget(id)` ended the tracking before an outcome was known. */
export class DeliveryForgottenError extends ChimeDeliveryError {
  readonly name = 'DeliveryForgottenError' as const;
  readonly code = 'DELIVERY_FORGOTTEN' as const;
  readonly id: string;

  constructor(id: string) {
    super(`Delivery ${id} was forgotten before its outcome was known.`);
    this.id = id;
  }
}

/** The service refuses an operation because the IAM policy lacks `action`. */
export class MissingPermissionError extends ChimeDeliveryError {
  readonly name = 'MissingPermissionError' as const;
  readonly code = 'MISSING_PERMISSION' as const;
  /** The IAM action, such as `chime:GetChannelMessageStatus`. */
  readonly action: string;
  readonly chimeBearer: string;

  constructor(action: string, chimeBearer: string, cause: unknown) {
    super(`${chimeBearer} lacks ${action}: allow it in the IAM policy, on the user and on the channel.`, {
      cause,
    });
    this.action = action;
    this.chimeBearer = chimeBearer;
  }
}

/** The platform has no `crypto.getRandomValues`, from which request tokens are made. React Native has none of its own. */
export class MissingCryptoError extends ChimeDeliveryError {
  readonly name = 'MissingCryptoError' as const;
  readonly code = 'MISSING_CRYPTO' as const;

  constructor() {
    super(
      'crypto.getRandomValues is missing. In React Native, import `react-native-get-random-values` before anything else.',
    );
  }
}

/** One HTTP attempt had no answer within `requestTimeoutMs`. The request is tried again. */
export class RequestTimeoutError extends ChimeDeliveryError {
  readonly name = 'RequestTimeoutError' as const;
  readonly code = 'REQUEST_TIMEOUT' as const;
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`No answer within ${timeoutMs} ms.`);
    this.timeoutMs = timeoutMs;
  }
}

/** The client cannot make a request, so that none is sent: fix the client or the bearer. The request is tried again. */
export class UnusableClientError extends ChimeDeliveryError {
  readonly name = 'UnusableClientError' as const;
  readonly code = 'CLIENT_UNUSABLE' as const;
  readonly chimeBearer: string;

  constructor(chimeBearer: string, cause: unknown) {
    super(
      `The client cannot make a request for ${chimeBearer}: fix its configuration, or the request. It is tried again. The cause: ${messageOf(cause)}`,
      { cause },
    );
    this.chimeBearer = chimeBearer;
  }
}

/** The client's credentials provider does not answer, so that no request is sent. The tracker keeps waiting, and retries. */
export class CredentialsTimeoutError extends ChimeDeliveryError {
  readonly name = 'CredentialsTimeoutError' as const;
  readonly code = 'CREDENTIALS_TIMEOUT' as const;
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(
      `The client's credentials provider has not answered within ${timeoutMs} ms: no request is sent until it does.`,
    );
    this.timeoutMs = timeoutMs;
  }
}

/** The methods of a `DeliveryStore`. */
export type StoreOperation = 'getKeys' | 'getItem' | 'setItem' | 'removeItem';

/**
 * The store has failed, or not answered in time. Reported by an `error` event, once per outage of an operation. Tracking goes
 * on in memory, and failed writes are tried again; until they succeed, they would be lost with the process.
 */
export class StoreError extends ChimeDeliveryError {
  readonly name = 'StoreError' as const;
  readonly code = 'STORE_FAILED' as const;
  readonly operation: StoreOperation;

  constructor(operation: StoreOperation, cause: unknown) {
    super(
      `The store failed at ${operation}(): ${messageOf(cause)} Until it works again, nothing survives this process.`,
      { cause },
    );
    this.operation = operation;
  }
}

/** The message could not be sent within `send.expireMs`, and was not sent: send it again if it is still wanted. */
export class SendExpiredError extends ChimeDeliveryError {
  readonly name = 'SendExpiredError' as const;
  readonly code = 'SEND_EXPIRED' as const;
  readonly expireMs: number;

  constructor(expireMs: number, cause: unknown) {
    super(
      `The message was not sent, since it could not be within ${expireMs} ms: send it again if it is still wanted.`,
      {
        cause,
      },
    );
    this.expireMs = expireMs;
  }
}

/**
 * The content of a message is not known: it was not persisted (`send.persistContent`), or the tracker never had it (`track`).
 * So what was never sent before its process ended cannot be sent any more, and `retry` cannot send it again.
 */
export class ContentNotKeptError extends ChimeDeliveryError {
  readonly name = 'ContentNotKeptError' as const;
  readonly code = 'CONTENT_NOT_KEPT' as const;

  constructor() {
    super(
      'The content of the message is not known here, so that it cannot be sent again: call send() with it if it is still wanted.',
    );
  }
}

/** A listener of the app's threw, or its promise rejected. Other listeners were still called. Fix the listener. */
export class ListenerError extends ChimeDeliveryError {
  readonly name = 'ListenerError' as const;
  readonly code = 'LISTENER_FAILED' as const;
  readonly event: string;

  constructor(event: string, cause: unknown) {
    super(`A listener for '${event}' threw: ${messageOf(cause)}`, { cause });
    this.event = event;
  }
}

/** The message of an error, which may be of another realm. */
function messageOf(cause: unknown): string {
  return tryRead(
    () => describe(cause),
    () => {
      const message = asObject(cause)?.['message'];
      return isNonEmptyString(message) ? message : describe(cause);
    },
  );
}

function describe(value: unknown): string {
  return tryRead(
    () => 'something that cannot be read',
    () => nameOf(value),
  );
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  if (typeof value === 'function') return `a function ${value.name}`.trim();
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? `${value}n` : String(value);
  if (Array.isArray(value)) return 'an array';
  const keys = Object.keys(value).slice(0, 5);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.join(', ')}`;
}
