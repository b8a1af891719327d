// The messages of a world, their edits, and the flow's decisions.

import type { Dice } from '../dice.ts';
import type { DevicePlan } from './devices.ts';

/**
 * How the app gives a message to the tracker. A 'draft' is sent by the app and never tracked: only its edits are. An
 * 'edit' is one of them.
 */
export type How = 'send' | 'wrap' | 'track' | 'track-late' | 'draft' | 'edit';

export interface MessagePlan {
  readonly text: string;
  readonly at: number;
  readonly device: number;
  /** The sender, if that is not the tracker's own bearer. */
  readonly chimeBearer: string | undefined;
  readonly channelArn: string;
  readonly subChannelId: string | undefined;
  readonly how: How;
  readonly persistent: boolean;
  readonly control: boolean;
  /** The flow's decision. Undefined: the message passes no flow. */
  readonly outcome: 'SENT' | 'FAILED' | 'DENIED' | 'NEVER' | undefined;
  readonly afterMs: number;
  /** The app cancels the send so many milliseconds after it. */
  readonly callOffAfterMs: number | undefined;
  /**
   * The request token, if the app gives one. Other messages may have the same, in other channels or for other bearers.
   */
  readonly token: string | undefined;
  readonly trackAgain: boolean;
  /** The app omits the sub-channel: the service rejects every poll. */
  readonly losesSubChannel: boolean;
  /** The app sends it again by `retry` so many milliseconds after it has ended otherwise than SENT. */
  readonly retryAfterMs: number | undefined;
  readonly edits: readonly EditPlan[];
  /** What the app sends with the same token, if this one was refused. */
  readonly again: MessagePlan | undefined;
}

/** A message, what is sent instead of it, and its edits: everything that the flow may have to decide. */
export function partsOf(message: MessagePlan): readonly MessagePlan[] {
  return [message, ...message.edits, ...(message.again === undefined ? [] : [message.again])];
}

/** An edit, in the fields of a message: `at` is the time of the earliest attempt. */
export interface EditPlan extends MessagePlan {
  readonly how: 'edit';
  /** How the app has it tracked. */
  readonly by: 'track' | 'wrap' | 'update';
  /** The app passes the content of the edit to `track`. */
  readonly saysContent: boolean;
  /** So long after the app has the MessageId. */
  readonly delayMs: number;
}

export interface MessageGround {
  readonly faultMs: number;
  readonly channels: readonly string[];
  readonly elasticChannel: string | undefined;
  readonly devices: readonly DevicePlan[];
  readonly calm: boolean;
  /** Nothing but a constant stream of sends, at the limit of the budget. */
  readonly stream: boolean;
}

/** Time for the sockets of a calm world to be up before anything is sent. */
const CALM_START_MS = 5_000;
export const STREAM = { perSecond: 5.5, lastsMs: 60_000 };
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export function drawMessages(dice: Dice, ground: MessageGround): MessagePlan[] {
  const { faultMs, calm, stream, devices } = ground;
  const burstAt = dice.between(0, faultMs);
  const bursts = !calm && dice.chance(0.3);
  const length = stream ? Math.round((STREAM.perSecond * STREAM.lastsMs) / SECOND) : dice.across(20, calm ? 40 : 80);
  const messages: MessagePlan[] = [];
  for (let index = 0; index < length; index += 1) {
    const channelArn = dice.pick(ground.channels);
    const device = stream ? 0 : dice.between(0, devices.length - 1);
    const at = bursts && dice.chance(0.7) ? burstAt + dice.between(0, 2_000) : dice.between(0, faultMs);
    const message: MessagePlan = {
      text: `say-${index + 1}`,
      at: stream ? Math.round((index * SECOND) / STREAM.perSecond) : calm ? CALM_START_MS + at : at,
      device,
      chimeBearer: dice.chance(0.5) ? devices[device]?.alsoFor : undefined,
      channelArn,
      subChannelId: channelArn === ground.elasticChannel ? `sub-${dice.between(1, 2)}` : undefined,
      how: stream
        ? 'send'
        : calm
          ? dice.weigh({ send: 5, wrap: 5, draft: 1 })
          : dice.weigh({ send: 6, wrap: 2, track: 2, 'track-late': 1, draft: 0.5 }),
      persistent: !dice.chance(0.1) || stream,
      control: dice.chance(0.05) && !stream,
      ...drawFate(dice, calm, stream),
      callOffAfterMs: dice.chance(0.04) && !stream ? dice.across(1, 20_000) : undefined,
      token: dice.chance(0.5) ? `token-${index + 1}` : undefined,
      trackAgain: dice.chance(0.1),
      losesSubChannel: !calm && !stream && dice.chance(0.05),
      retryAfterMs: undefined,
      edits: [],
      again: undefined,
    };
    // (A tracker that drops settled deliveries cannot tell that the token is used again.)
    const isForgetful = (devices[device]?.options.keepSettled ?? Infinity) < 1_000;
    // (A restored delivery may find the id of its token taken, and is not followed then.)
    const isKept = devices[device]?.storeLatencyMs !== undefined;
    const token =
      message.token && !isForgetful && !isKept && dice.chance(0.2) ? tokenToReuse(dice, message, messages) : undefined;
    const known = { ...message, token: token ?? message.token };
    const isSentAgain = message.how === 'send' && known.token !== undefined && !isForgetful && dice.chance(0.6);
    messages.push({
      ...known,
      retryAfterMs: !stream && !isSentAgain && dice.chance(0.15) ? dice.across(1, 60_000) : undefined,
      edits: stream ? [] : drawEdits(dice, message, calm),
      again: isSentAgain ? { ...known, text: `${known.text}-again`, ...drawFate(dice, calm, stream) } : undefined,
    });
  }
  return messages;
}

/** A token of the same device that is separate here: it was used in another channel, or for another bearer. */
function tokenToReuse(dice: Dice, message: MessagePlan, messages: readonly MessagePlan[]): string | undefined {
  const own = messages.filter(({ token, device }) => token !== undefined && device === message.device);
  if (own.length === 0) return undefined;
  const { token } = dice.pick(own);
  const isTaken = own.some(
    (one) => one.token === token && one.channelArn === message.channelArn && one.chimeBearer === message.chimeBearer,
  );
  return isTaken ? undefined : token;
}

function drawEdits(dice: Dice, message: MessagePlan, calm: boolean): EditPlan[] {
  if (message.control || (message.how !== 'draft' && !dice.chance(0.07))) return [];
  // In flight together, or each when the one before may have ended.
  const isHasty = dice.chance(0.5);
  let delayMs = isHasty ? dice.between(1, 1_000) : dice.across(50, 20_000);
  const count = dice.between(1, 3);
  return Array.from({ length: count }, (_, index): EditPlan => {
    delayMs += isHasty ? dice.between(1, 500) : dice.across(100, 30_000);
    return {
      ...message,
      text: `${message.text}-edit-${index + 1}`,
      at: message.at + delayMs,
      how: 'edit',
      by: dice.pick(['track', 'wrap', 'update']),
      // Edits of one message without known content cannot be told apart (docs/concepts.md).
      saysContent: count > 1 || dice.chance(0.5),
      delayMs,
      ...drawFate(dice, calm, false),
      trackAgain: false,
    };
  });
}

function drawFate(dice: Dice, calm: boolean, stream: boolean): Pick<MessagePlan, 'outcome' | 'afterMs'> {
  const outcome = dice.weigh({
    none: 1,
    SENT: 6,
    FAILED: 2,
    // (Each takes several requests of its own.)
    DENIED: stream ? 0 : 3,
    NEVER: calm || stream ? 0 : 0.3,
  });
  return {
    outcome: outcome === 'none' ? undefined : outcome,
    afterMs: drawProcessingMs(dice, calm || stream),
  };
}

function drawProcessingMs(dice: Dice, calm: boolean): number {
  switch (dice.weigh({ instant: 2, seconds: 6, slow: calm ? 0 : 2, minutes: calm ? 0 : 1, hours: calm ? 0 : 0.2 })) {
    case 'instant':
      return dice.between(0, 50);
    case 'seconds':
      return dice.across(100, 8_000);
    case 'slow':
      return dice.between(8_000, 60_000);
    case 'minutes':
      return dice.across(MINUTE, 20 * MINUTE);
    case 'hours':
      return dice.across(20 * MINUTE, 6 * HOUR);
  }
}
