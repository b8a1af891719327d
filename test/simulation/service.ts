// The service's side of a request: credentials, budget, permission, operation, and the SDK's form of the result. The
// model behind it is the emulator's (`src/emulator/service`), without its sockets. It records the requests that
// arrived.

import {
  GetChannelMessageCommand,
  GetChannelMessageStatusCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { Admission } from '../../src/emulator/service/admission.ts';
import type { ChimeEvent } from '../../src/emulator/service/events.ts';
import type { FlowDecision } from '../../src/emulator/service/flow.ts';
import type { MessageStatus, TruthRecord } from '../../src/emulator/service/message.ts';
import type { Operation } from '../../src/emulator/service/operation.ts';
import type { MessageRequest } from '../../src/emulator/service/requests.ts';
import { ChimeService } from '../../src/emulator/service/service.ts';
import { ServiceError } from '../../src/emulator/service/service-error.ts';
import type { Settings } from '../../src/emulator/settings.ts';
import { defaultSettings } from '../../src/emulator/settings.ts';
import { sdkError } from '../support/sdk-errors.ts';
import type { VirtualTime } from './clock.ts';
import type { Plan } from './plan.ts';
import { partsOf } from './plan/messages.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The operations that a tracker calls. */
type TrackerOperation = Extract<
  Operation,
  | 'SendChannelMessage'
  | 'UpdateChannelMessage'
  | 'GetChannelMessageStatus'
  | 'GetChannelMessage'
  | 'ListChannelMessages'
>;

/** A request, with the fields of the SDK's command. */
export interface Call {
  readonly operation: TrackerOperation;
  readonly bearer: string;
  readonly channelArn: string;
  readonly messageId: string | undefined;
  readonly input: Fields;
}

/** A request that reached the service. */
export interface Arrival {
  readonly call: Call;
  readonly at: number;
  /** Its device, and whether the tracker or the app itself sent it. */
  readonly from: string;
  readonly byTracker: boolean;
  /** The name of the refusal; undefined if it was done. */
  refusal: string | undefined;
}

/** The fault of a request at the service: an error of its own, or a stale replica. */
export type ServiceTrouble =
  | {
      readonly name: string;
      readonly status: number;
      /** Whether the operation is done all the same. */
      readonly applied: boolean;
    }
  | 'stale';

export class Service {
  /** The texts that an app has sent again by `retry`: they may be there more than once. */
  readonly retried: Set<string> = new Set();
  readonly arrivals: Arrival[] = [];
  readonly chime: ChimeService;
  readonly #plan: Plan;
  readonly #time: VirtualTime;
  readonly #settings: Settings;
  readonly #admission: Admission;
  readonly #byId = new Map<string, TruthRecord>();
  /** Messages whose status was once answered by a stale replica. */
  readonly #stale = new Set<string>();

  constructor(plan: Plan, time: VirtualTime, random: () => number, publish: (event: ChimeEvent) => void) {
    this.#plan = plan;
    this.#time = time;
    const decisions = new Map(plan.messages.flatMap(partsOf).map((one) => [one.text, one]));
    this.#settings = {
      ...defaultSettings(),
      flow: ({ content }): FlowDecision | undefined => {
        const { outcome, afterMs = 0 } = decisions.get(content) ?? {};
        return outcome && { outcome, afterMs, ...(plan.rewrites ? { content: `${content}, rewritten` } : {}) };
      },
      ...plan.edits,
      restTimestamps: plan.restTimestamps,
      deletedChannel: plan.deletedChannel,
      requestsPerSecond: plan.requestsPerSecond,
      deniedShape: plan.deniedShape === 'forbidden' ? 'empty' : plan.deniedShape,
      readLagMs: ({ messageId }) => lagOf(messageId, plan.readLagMs),
      lagShape: plan.lagShape,
      retryAfterSeconds: plan.retryAfterSeconds,
      deniedCarriesContent: plan.deniedCarriesContent,
      permissions: (_bearer, operation) => !plan.refusedOperations.includes(operation),
    };
    const world = {
      now: () => time.wallClock(undefined),
      random,
      after: (ms: number, task: () => void) => time.after(ms, task),
    };
    this.chime = new ChimeService({ world, settings: this.#settings, publish });
    this.#admission = new Admission(world, this.#settings);
    if (plan.elasticChannel !== undefined) this.chime.declareChannel(plan.elasticChannel, { elastic: true });
  }

  /** What the service knows about a message. */
  truthOf(messageId: string): TruthRecord | undefined {
    for (let index = this.#byId.size; index < this.chime.messages.length; index += 1) {
      const message = this.chime.messages[index] as TruthRecord;
      this.#byId.set(message.messageId, message);
    }
    return this.#byId.get(messageId);
  }

  statusOf(messageId: string): MessageStatus | undefined {
    return this.truthOf(messageId)?.status;
  }

  /** A moderator deletes or redacts a message. */
  remove({ sender: bearer, channelArn, subChannelId, messageId }: TruthRecord, how: 'delete' | 'redact'): void {
    try {
      this.chime.writes[how]({ bearer, channelArn, subChannelId, messageId });
    } catch (error) {
      // It was denied, or no longer exists.
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  /** Performs a call. Returns the SDK's output, or throws the SDK's error. */
  answer(call: Call, from: string, byTracker: boolean, failure: ServiceTrouble | undefined): object {
    const arrival: Arrival = { call, at: this.#time.now, from, byTracker, refusal: undefined };
    this.arrivals.push(arrival);
    try {
      const error = failure === 'stale' ? undefined : failure;
      if (error?.applied === false) throw new ServiceError(error.name, 'Trouble.', error);
      this.#admission.charge(call);
      this.#admission.authorize(call);
      this.#refuseDenied(call);
      const output = this.#perform(failure === 'stale' ? this.#behind(call) : call);
      if (error !== undefined) throw new ServiceError(error.name, 'Trouble.', error);
      return { ...withDates(output), $metadata: { httpStatusCode: 200, ...this.#requestId() } };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      arrival.refusal = error.name;
      throw this.#worded(error);
    }
  }

  /** A stale replica does not have the message; once, since two misses in a row may be believed. */
  #behind(call: Call): Call {
    const { operation, messageId = '' } = call;
    if (operation !== 'GetChannelMessageStatus' || this.#stale.has(messageId)) return call;
    this.#stale.add(messageId);
    return { ...call, messageId: 'not-here-yet' };
  }

  #perform(call: Call): Fields {
    const { bearer, channelArn, input } = call;
    const subChannelId = textOf(input['SubChannelId']);
    const channel = { bearer, channelArn, subChannelId };
    switch (call.operation) {
      case 'SendChannelMessage':
        return this.chime.writes.send({
          ...channel,
          content: String(input['Content']),
          type: input['Type'] === 'CONTROL' ? 'CONTROL' : 'STANDARD',
          persistence: input['Persistence'] === 'NON_PERSISTENT' ? 'NON_PERSISTENT' : 'PERSISTENT',
          token: String(input['ClientRequestToken']),
          metadata: undefined,
          contentType: undefined,
          attributes: undefined,
          target: undefined,
        });
      case 'UpdateChannelMessage':
        return this.chime.writes.update({
          ...this.#addressOf(call),
          content: String(input['Content']),
          metadata: undefined,
        });
      case 'GetChannelMessageStatus':
        return this.chime.reads.status(this.#addressOf(call));
      case 'GetChannelMessage':
        return this.chime.reads.get(this.#addressOf(call));
      case 'ListChannelMessages':
        return this.chime.reads.list(channel, {
          subChannelId,
          notBefore: timeOf(input['NotBefore']),
          notAfter: timeOf(input['NotAfter']),
          newestFirst: input['SortOrder'] !== 'ASCENDING',
          maxResults: typeof input['MaxResults'] === 'number' ? input['MaxResults'] : 50,
          nextToken: textOf(input['NextToken']),
        });
    }
  }

  #addressOf({ bearer, channelArn, messageId = '', input }: Call): MessageRequest {
    return { bearer, channelArn, messageId, subChannelId: textOf(input['SubChannelId']) };
  }

  /** The one form of a denied response that the model does not have: 403. */
  #refuseDenied({ operation, messageId = '' }: Call): void {
    if (this.#plan.deniedShape !== 'forbidden' || operation !== 'GetChannelMessageStatus') return;
    if (this.statusOf(messageId) === 'DENIED') throw new ServiceError('ForbiddenException', 'No status for you.');
  }

  /** As in the SDK: the name is in the type header or, if CORS hides that, in the body's code. */
  #worded({ name, status, retryAfterSeconds }: ServiceError): Error {
    // If CORS hides the type header, the SDK reads the body's code, which the service's own errors have.
    const shown = this.#plan.hidesErrorType && modelled.test(name) ? name.replace(/(Client)?Exception$/, '') : name;
    const { requestId } = this.#requestId();
    return sdkError(shown, {
      Code: name.replace(/(Client)?Exception$/, ''),
      $metadata: { httpStatusCode: status, ...(requestId === undefined ? {} : { requestId }) },
      $response: {
        statusCode: status,
        headers: {
          ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
          ...(requestId === undefined ? {} : { 'x-amzn-requestid': requestId }),
          ...(this.#plan.hidesErrorType ? {} : { 'x-amzn-errortype': name }),
        },
      },
    });
  }

  #requestId(): { requestId?: string } {
    return this.#plan.hidesRequestId ? {} : { requestId: `r${this.arrivals.length}` };
  }
}

/** From half of the longest lag to all of it, the same each time. */
function lagOf(messageId: string, longestMs: number): number {
  return longestMs * (0.5 + Number.parseInt(messageId.slice(0, 4), 16) / 0x2_0000);
}

/** The SDK converts the service's numbers to dates. */
function withDates(output: Fields): Fields {
  const { ChannelMessages: rows, ChannelMessage: message } = output;
  if (Array.isArray(rows)) return { ...output, ChannelMessages: rows.map((row: Fields) => dated(row)) };
  return typeof message === 'object' ? { ...output, ChannelMessage: dated(message as Fields) } : output;
}

function dated(message: Fields): Fields {
  const entries = Object.entries(message);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key.endsWith('Timestamp') ? new Date(1_000 * Number(value)) : value]),
  );
}

const modelled =
  /^(BadRequest|Forbidden|NotFound|Conflict|ThrottledClient|ServiceFailure|ServiceUnavailable)Exception$/;

export function callOf(command: unknown): Call {
  const input = (command as { readonly input: Fields }).input;
  return {
    operation: operationOf(command),
    bearer: String(input['ChimeBearer']),
    channelArn: String(input['ChannelArn']),
    messageId: textOf(input['MessageId']),
    input: { ...input },
  };
}

function operationOf(command: unknown): TrackerOperation {
  if (command instanceof SendChannelMessageCommand) return 'SendChannelMessage';
  if (command instanceof GetChannelMessageStatusCommand) return 'GetChannelMessageStatus';
  if (command instanceof GetChannelMessageCommand) return 'GetChannelMessage';
  if (command instanceof UpdateChannelMessageCommand) return 'UpdateChannelMessage';
  if (command instanceof ListChannelMessagesCommand) return 'ListChannelMessages';
  throw new Error(`The simulated service does not know this command: ${String(command)}`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  return value instanceof Date ? value.getTime() : undefined;
}
