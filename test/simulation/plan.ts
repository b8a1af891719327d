// What a world will be like, drawn from its seed before it begins: who is in it, what is sent when and what becomes of it,
// and which troubles come. Pure; what the troubles do is told where they strike (`network.ts`, `sockets.ts`, `device.ts`).

import type { DeliveryTrackerOptions } from 'chime-delivery';
import type { DeniedShape } from '../../src/emulator/service/settings.ts';
import { Dice } from './dice.ts';

/** Troubles that last: on the road of one device, at its sockets, or in the service. */
export type SpellKind =
  | 'offline'
  | 'lossy'
  | 'hanging'
  | 'slow'
  | 'repeating'
  | 'portal'
  | 'blank'
  | 'bad-gateway'
  | 'proxy-forbids'
  | 'proxy-404'
  | 'server-errors'
  | 'throttled'
  | 'expired'
  | 'skewed'
  | 'stale'
  | 'refusing'
  | 'no-socket'
  | 'store-fails'
  | 'store-hangs'
  | 'store-slow';

export const spellWeights: Readonly<Record<SpellKind, number>> = {
  offline: 3,
  lossy: 4,
  hanging: 2,
  slow: 3,
  repeating: 2,
  portal: 2,
  blank: 2,
  'bad-gateway': 2,
  'proxy-forbids': 1,
  'proxy-404': 1,
  'server-errors': 3,
  throttled: 2,
  expired: 3,
  skewed: 1,
  /** A replica that is behind: a status is missing, once a message. */
  stale: 2,
  /** Refused for a while, by the service's own word. */
  refusing: 2,
  'no-socket': 3,
  'store-fails': 1,
  'store-hangs': 1,
  'store-slow': 1,
};

/** Troubles of a moment, on one device. */
export type IncidentKind =
  | 'drop'
  | 'half-open'
  | 'refused-reconnect'
  | 'endless-reconnect'
  | 'stop-session'
  | 'detach-and-attach'
  | 'sleep'
  | 'clock-forward'
  | 'clock-back'
  | 'hidden-tab'
  | 'frozen-tab'
  | 'wake'
  | 'reconcile'
  | 'forget'
  | 'crash'
  | 'close'
  | 'close-in-listener';

export const incidentWeights: Readonly<Record<IncidentKind, number>> = {
  drop: 4,
  'half-open': 4,
  'refused-reconnect': 2,
  'endless-reconnect': 1,
  'stop-session': 1,
  'detach-and-attach': 1,
  sleep: 2,
  'clock-forward': 2,
  'clock-back': 2,
  'hidden-tab': 2,
  'frozen-tab': 1,
  wake: 3,
  reconcile: 3,
  forget: 2,
  crash: 2,
  close: 1,
  'close-in-listener': 1,
};

export interface Spell {
  readonly kind: SpellKind;
  readonly device: number;
  readonly from: number;
  readonly to: number;
  /** How many of the requests it befalls. */
  readonly strength: number;
}

export interface Incident {
  readonly kind: IncidentKind;
  readonly device: number;
  readonly at: number;
  readonly lastsMs: number;
}

export type Push = 'none' | 'session' | 'bare-session' | 'push-source';

export interface DevicePlan {
  readonly name: string;
  readonly bearer: string;
  /** It acts for this user, too, and does not listen to that one's socket. */
  readonly alsoFor: string | undefined;
  readonly push: Push;
  readonly prefetch: boolean;
  readonly throwingListeners: boolean;
  /** The app subscribes to `deliveries$`. */
  readonly readsAll: boolean;
  readonly ignoresAbort: boolean;
  /** How long an operation of its store takes; undefined: it has none. */
  readonly storeLatencyMs: number | undefined;
  readonly options: Omit<DeliveryTrackerOptions, 'client' | 'chimeBearer'>;
}

/** How the app hands a message to the tracker. */
export type How = 'send' | 'wrap' | 'track' | 'track-late' | 'edit';

export interface MessagePlan {
  readonly text: string;
  readonly at: number;
  readonly device: number;
  /** In whose name, where that is not the tracker's own bearer. */
  readonly chimeBearer: string | undefined;
  readonly channelArn: string;
  readonly subChannelId: string | undefined;
  readonly how: How;
  readonly persistent: boolean;
  readonly control: boolean;
  /** What the flow decides. Undefined: no flow looks at it. */
  readonly outcome: 'SENT' | 'FAILED' | 'DENIED' | 'NEVER' | undefined;
  readonly afterMs: number;
  /** The app calls the send off so many milliseconds after it. */
  readonly callOffAfterMs: number | undefined;
  readonly ownToken: boolean;
  readonly trackAgain: boolean;
  /** The app forgets to say in which sub-channel it is: the service calls every question wrong. */
  readonly losesSubChannel: boolean;
}

export interface Plan {
  readonly seed: number;
  /** Nothing goes wrong: what push tells must then cost nothing. */
  readonly calm: boolean;
  /** Everything is well from here on. */
  readonly troubleMs: number;
  readonly devices: readonly DevicePlan[];
  readonly messages: readonly MessagePlan[];
  readonly spells: readonly Spell[];
  readonly incidents: readonly Incident[];
  readonly elasticChannel: string | undefined;
  readonly deniedShape: DeniedShape | 'forbidden';
  readonly readLagMs: number;
  readonly hidesRequestId: boolean;
  readonly hidesErrorType: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly deniedCarriesContent: boolean;
  readonly requestsPerSecond: number;
  /** Operations that the IAM policy lacks, for everybody. */
  readonly refusedOperations: readonly string[];
  readonly latencyMs: number;
  /** Travel times differ by up to this. */
  readonly jitterMs: number;
  readonly eventDelayMs: number;
  readonly eventJitterMs: number;
  readonly eventCopies: number;
  /** Requests a second that each app makes by itself, unknown to its tracker. */
  readonly ownRequestsPerSecond: number;
}

const app = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export function drawPlan(seed: number): Plan {
  const dice = new Dice(seed, 'plan');
  const calm = dice.chance(0.12);
  const troubleMs = Number(dice.weigh({ 20_000: 2, 60_000: 4, 300_000: 4, 1_800_000: 2, 10_800_000: 1 }));
  const channels = Array.from({ length: dice.between(1, 3) }, (_, index) => `${app}/channel/c${index + 1}`);
  const elasticChannel = dice.chance(0.2) ? channels[0] : undefined;
  const devices = drawDevices(dice, calm);
  const world = { troubleMs, channels, elasticChannel, devices, calm };
  const messages = drawMessages(dice, world);
  return {
    seed,
    calm,
    troubleMs,
    devices,
    messages,
    spells: calm ? [] : drawSpells(dice, world),
    incidents: calm ? [] : drawIncidents(dice, world, messages),
    elasticChannel,
    deniedShape: dice.pick(['empty', 'no-status', 'null', 'not-found', 'forbidden']),
    readLagMs: dice.chance(0.4) ? dice.between(0, 1_500) : 0,
    hidesRequestId: dice.chance(0.15),
    hidesErrorType: dice.chance(0.15),
    retryAfterSeconds: dice.chance(0.4) ? dice.between(0, 5) : undefined,
    deniedCarriesContent: dice.chance(0.5),
    requestsPerSecond: calm ? 30 : dice.pick([10, 10, 5, 20]),
    refusedOperations: calm ? [] : drawRefused(dice),
    latencyMs: dice.across(5, 400),
    jitterMs: dice.pick([0, 20, 80, 400]),
    eventDelayMs: dice.across(1, 300),
    eventJitterMs: dice.pick([0, 50, 500]),
    eventCopies: dice.chance(0.2) ? 2 : 1,
    ownRequestsPerSecond: !calm && dice.chance(0.25) ? dice.between(1, 4) : 0,
  };
}

function drawDevices(dice: Dice, calm: boolean): DevicePlan[] {
  const users = ['alice', 'bob'].slice(0, dice.between(1, 2));
  const other = `${app}/user/carol`;
  return users.flatMap((user) =>
    Array.from({ length: dice.chance(0.3) ? 2 : 1 }, (_, index): DevicePlan => {
      const push = dice.weigh({ none: calm ? 0 : 2, session: 3, 'bare-session': 2, 'push-source': 3 });
      return {
        name: `${user}/${index + 1}`,
        bearer: `${app}/user/${user}`,
        alsoFor: !calm && dice.chance(0.15) ? other : undefined,
        push,
        prefetch: push !== 'none' && dice.chance(0.5),
        throwingListeners: dice.chance(0.2),
        readsAll: dice.chance(0.3),
        ignoresAbort: dice.chance(0.15),
        storeLatencyMs: dice.chance(0.4) ? dice.pick([0, 1, 10, 300]) : undefined,
        options: drawOptions(dice, calm),
      };
    }),
  );
}

function drawOptions(dice: Dice, calm: boolean): DevicePlan['options'] {
  if (calm || dice.chance(0.5)) return {};
  return {
    rateLimit: dice.pick([
      {},
      { requestsPerSecond: 2.5 },
      { requestsPerSecond: 10 },
      { requestsPerSecond: 3, burst: 1 },
    ]),
    missing: dice.pick([{}, {}, { confirmations: 1 }, { confirmations: 3 }]),
    polling: dice.pick([{}, {}, { giveUpAfterMs: 5 * MINUTE }, { quietMs: 5 * SECOND }, { maxDelayMs: 10 * SECOND }]),
    retry: dice.pick([{}, {}, { retries: 0 }]),
    send: dice.pick([{}, {}, { resendWindowMs: 30 * SECOND }, { expireMs: MINUTE }, { persistContent: false }]),
    requestTimeoutMs: dice.pick([10 * SECOND, 10 * SECOND, 3 * SECOND]),
    keepSettled: dice.pick([10_000, 10_000, 3, 0]),
  };
}

interface Ground {
  readonly troubleMs: number;
  readonly channels: readonly string[];
  readonly elasticChannel: string | undefined;
  readonly devices: readonly DevicePlan[];
  readonly calm: boolean;
}

/** Time for the sockets of a calm world to be up before anything is sent. */
const CALM_START_MS = 5_000;

function drawMessages(dice: Dice, ground: Ground): MessagePlan[] {
  const burstAt = dice.between(0, ground.troubleMs);
  const bursts = !ground.calm && dice.chance(0.3);
  return Array.from({ length: dice.across(20, ground.calm ? 40 : 80) }, (_, index) => {
    const channelArn = dice.pick(ground.channels);
    const device = dice.between(0, ground.devices.length - 1);
    const outcome = dice.weigh({ none: 1, SENT: 6, FAILED: 2, DENIED: 3, NEVER: ground.calm ? 0 : 0.3 });
    const at = bursts && dice.chance(0.7) ? burstAt + dice.between(0, 2_000) : dice.between(0, ground.troubleMs);
    return {
      text: `say-${index + 1}`,
      at: ground.calm ? CALM_START_MS + at : at,
      device,
      chimeBearer: dice.chance(0.5) ? ground.devices[device]?.alsoFor : undefined,
      channelArn,
      subChannelId: channelArn === ground.elasticChannel ? `sub-${dice.between(1, 2)}` : undefined,
      how: ground.calm
        ? dice.pick(['send', 'wrap'])
        : dice.weigh({ send: 6, wrap: 2, track: 2, 'track-late': 1, edit: 0.5 }),
      persistent: !dice.chance(0.1),
      control: dice.chance(0.05),
      outcome: outcome === 'none' ? undefined : outcome,
      afterMs: drawProcessingMs(dice, ground.calm),
      callOffAfterMs: dice.chance(0.04) ? dice.across(1, 20_000) : undefined,
      ownToken: dice.chance(0.5),
      trackAgain: dice.chance(0.1),
      losesSubChannel: !ground.calm && dice.chance(0.05),
    };
  });
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

function drawSpells(dice: Dice, { troubleMs, devices }: Ground): Spell[] {
  return Array.from({ length: dice.between(1, 5) }, () => {
    const from = dice.chance(0.3) ? 0 : dice.between(0, troubleMs);
    return {
      kind: dice.weigh(spellWeights),
      device: dice.between(0, devices.length - 1),
      from,
      to: Math.min(troubleMs, from + dice.across(1_000, troubleMs)),
      strength: dice.pick([0.1, 0.3, 0.6, 1]),
    };
  });
}

function drawIncidents(dice: Dice, { troubleMs, devices }: Ground, messages: readonly MessagePlan[]): Incident[] {
  return Array.from({ length: dice.between(0, 6) }, () => {
    // Half of them come when something is going on: that is where the bugs are.
    const message = dice.chance(0.5) ? dice.pick(messages) : undefined;
    return {
      kind: dice.weigh(incidentWeights),
      device: message?.device ?? dice.between(0, devices.length - 1),
      at: Math.min(troubleMs, message === undefined ? dice.between(0, troubleMs) : message.at + dice.across(1, 10_000)),
      lastsMs: dice.across(500, Math.max(1_000, troubleMs)),
    };
  });
}

function drawRefused(dice: Dice): string[] {
  const refused: string[] = [];
  if (dice.chance(0.12)) refused.push('GetChannelMessageStatus');
  if (dice.chance(0.2)) refused.push('GetChannelMessage');
  if (dice.chance(0.3)) refused.push('ListChannelMessages');
  return refused;
}
