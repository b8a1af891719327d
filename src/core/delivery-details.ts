/**
 * What the app gave with a delivery: it does not change, and it does not bear on the outcome. One object per delivery, shared by
 * all its records. Pure.
 */
import type {
  SendChannelMessageCommandInput,
  UpdateChannelMessageCommandInput,
} from '@aws-sdk/client-chime-sdk-messaging';
import { asObject } from '../shared/unknown-json.ts';

/**
 * The input of `send`: that of SendChannelMessage. `ChimeBearer` defaults to the tracker's, `ClientRequestToken` to a new
 * UUID.
 */
export type SendInput = Omit<SendChannelMessageCommandInput, 'ChimeBearer' | 'ClientRequestToken'> &
  Partial<Pick<SendChannelMessageCommandInput, 'ChimeBearer' | 'ClientRequestToken'>>;

/** The input of `update`: that of UpdateChannelMessage. `ChimeBearer` defaults to the tracker's. */
export type UpdateInput = Omit<UpdateChannelMessageCommandInput, 'ChimeBearer'> &
  Partial<Pick<UpdateChannelMessageCommandInput, 'ChimeBearer'>>;

export type MessageType = 'STANDARD' | 'CONTROL';
export type MessagePersistence = 'PERSISTENT' | 'NON_PERSISTENT';

export interface DeliveryDetails {
  readonly type?: MessageType | undefined;
  readonly persistence?: MessagePersistence | undefined;
  /** As the app gave it, a deeply frozen copy; undefined where the tracker never had it, or it was not kept. */
  readonly input?: Readonly<SendInput | UpdateInput> | undefined;
  /** The app's own JSON, a deeply frozen copy. */
  readonly context?: unknown;
  /** The id of the delivery that this one sends again. */
  readonly retryOf?: string | undefined;
  /** `expireMs` of this send alone. */
  readonly expireMs?: number | undefined;
}

export const NO_DETAILS: DeliveryDetails = Object.freeze({});

/** The same details, in one object for all deliveries that have none: there may be very many. */
export function compactDetails(details: DeliveryDetails = NO_DETAILS): DeliveryDetails {
  return Object.values(details).every((value) => value === undefined) ? NO_DETAILS : details;
}

/** The message of an edit, whether or not the service has accepted the edit. */
export function editedMessageOf({ input }: DeliveryDetails): string | undefined {
  const messageId = asObject(input)?.['MessageId'];
  return typeof messageId === 'string' ? messageId : undefined;
}

/** `one`, with what only `other` knows. The same object where that is nothing. */
export function mergeDetails(one: DeliveryDetails, other: DeliveryDetails): DeliveryDetails {
  const names = Object.keys(other) as (keyof DeliveryDetails)[];
  const missing = names.filter((name) => one[name] === undefined && other[name] !== undefined);
  if (missing.length === 0) return one;
  return Object.freeze({ ...one, ...Object.fromEntries(missing.map((name) => [name, other[name]])) });
}
