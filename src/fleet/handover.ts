/** Hands deliveries over to the fleet: checks what the app gave, and puts the record into the shard of its bearer. */
import { newId } from '../shared/new-id.ts';
import type { DeliveryDetails, SendInput, UpdateInput } from '../core/delivery-details.ts';
import { isServiceStatus } from '../core/status.ts';
import { inputAsGiven, missingMeansDenied, parseSendInput, parseUpdateInput } from '../send/send-input.ts';
import { parseTrackable, type Trackable } from '../send/trackable.ts';
import { ContentNotKeptError, InvalidArgumentError } from '../shared/errors.ts';
import { digestOf } from '../shared/digest.ts';
import { expectArn } from '../shared/validate.ts';
import { parseSendOptions, type SendOptions } from '../tracker/send-options.ts';
import type { Call, Caller } from './caller.ts';
import type { EngineClock } from './engine-clock.ts';
import type { FleetEngine, StoredRecord } from './engine.ts';
import { FleetEngineError, unreadable } from './errors.ts';
import type { FleetSettings } from './fleet-options.ts';
import { decodeOutcome, type Outcome } from './outcome.ts';
import { decodeRecord, encodeRecord, type FleetRecord } from './record.ts';
import { encodePushed } from './pushed-word.ts';
import { shardOf } from './shard-of.ts';
import { pause } from './wait.ts';

export interface HandoverPorts {
  readonly engine: FleetEngine;
  readonly settings: FleetSettings;
  readonly clock: EngineClock;
  readonly caller: Caller;
}

/** Attempts to hand a delivery over, and the milliseconds between them. */
const PUT_ATTEMPTS = 3;
const PUT_RETRY_MS = 200;

type FleetSendOptions = Omit<SendOptions, 'signal'>;

export class Handover {
  readonly #ports: HandoverPorts;
  /** The order of what this process hands over in one millisecond. */
  #last = { at: 0, order: 0 };

  constructor(ports: HandoverPorts) {
    this.#ports = ports;
  }

  async send(chimeBearer: string, input: SendInput, options: FleetSendOptions = {}, retryOf?: string): Promise<string> {
    const { context, expireMs } = parseSendOptions(options);
    const command = parseSendInput(input, expectArn('chimeBearer', chimeBearer));
    const { Type: type, Persistence: persistence, ClientRequestToken: token } = command;
    const record = this.#record({
      stage: this.#content ? 'unsent' : 'calling',
      chimeBearer: command.ChimeBearer,
      channelArn: command.ChannelArn,
      subChannelId: command.SubChannelId,
      isEdit: false,
      token,
      missingMeansDenied: missingMeansDenied(command),
      details: { input: inputAsGiven(input, command), context, expireMs, type, persistence, retryOf },
    });
    const { id, isNew } = await this.#put(token, record);
    if (isNew && !this.#content)
      await this.#ports.caller.call({ ...this.#call(id, record), command, options: { context, expireMs } });
    return id;
  }

  async update(
    chimeBearer: string,
    input: UpdateInput,
    options: FleetSendOptions = {},
    retryOf?: string,
  ): Promise<string> {
    const { context, expireMs } = parseSendOptions(options);
    const command = parseUpdateInput(input, expectArn('chimeBearer', chimeBearer));
    const record = this.#record({
      stage: this.#content ? 'unsent' : 'calling',
      chimeBearer: command.ChimeBearer,
      channelArn: command.ChannelArn,
      subChannelId: command.SubChannelId,
      isEdit: true,
      messageId: command.MessageId,
      missingMeansDenied: false,
      details: { input: inputAsGiven(input, command), context, expireMs, retryOf },
    });
    const { id } = await this.#put(newId(), record);
    if (!this.#content)
      await this.#ports.caller.call({ ...this.#call(id, record), command, options: { context, expireMs } });
    return id;
  }

  async track(message: Trackable & { readonly chimeBearer: string }): Promise<string> {
    const given = (message as { chimeBearer?: unknown } | undefined)?.chimeBearer;
    const parsed = parseTrackable(message, expectArn('message.chimeBearer', given));
    const { channelArn, messageId, subChannelId, chimeBearer, isEdit, contentDigest, details, status } = parsed;
    const record = this.#record({
      stage: 'accepted',
      chimeBearer,
      channelArn,
      subChannelId,
      isEdit,
      messageId,
      missingMeansDenied: parsed.missingMeansDenied,
      contentDigest,
      details: this.#content ? details : { ...details, input: undefined },
    });
    const { id, isNew } = await this.#put(isEdit ? newId() : messageId, record);
    // The answer of the send said it already: the holder hears it like an event.
    if (isNew && status !== undefined && isServiceStatus(status) && status !== 'PENDING')
      await this.#ports.engine.inbox.add(this.shardOf(chimeBearer), {
        kind: 'pushed',
        event: encodePushed({
          bearer: chimeBearer,
          type: `${status === 'SENT' ? '' : `${status}_`}${isEdit ? 'UPDATE' : 'CREATE'}_CHANNEL_MESSAGE`,
          payload: JSON.stringify({ MessageId: messageId, ChannelArn: channelArn, Sender: { Arn: chimeBearer } }),
        }),
      });
    return id;
  }

  async retry(chimeBearer: string, id: string): Promise<string> {
    const state = await this.outcomeOf(expectArn('chimeBearer', chimeBearer), id);
    if (state === undefined || state.status === 'SENT')
      throw new InvalidArgumentError(
        'id',
        'that of a delivery that ended FAILED, DENIED or UNKNOWN a short time ago',
        state === undefined ? id : `${id} (${state.status})`,
      );
    const { input, context } = state;
    if (input === undefined) throw new ContentNotKeptError();
    const options = context === undefined ? {} : { context };
    if (state.operation === 'update') return this.update(chimeBearer, input as UpdateInput, options, id);
    const { ClientRequestToken: given, ...rest } = input as SendInput;
    // The service answers a token that it remembers with the first message, so that nothing is delivered twice.
    const { clock, settings } = this.#ports;
    const mayHaveArrived =
      state.status === 'UNKNOWN' && clock.now() - state.trackedAt < settings.tracker.send.resendWindowMs;
    const token = mayHaveArrived ? (given ?? id) : newId();
    return this.send(chimeBearer, { ...rest, ClientRequestToken: token }, options, id);
  }

  async outcomeOf(chimeBearer: string, id: string): Promise<Outcome | undefined> {
    const { outcome } = await this.#ports.engine.records.get(this.shardOf(chimeBearer), id);
    const state = outcome === undefined ? undefined : decodeOutcome(outcome);
    return state?.chimeBearer === chimeBearer ? state : undefined;
  }

  /** The record of a delivery without an outcome. Rejects where another version has written it. */
  async recordOf(chimeBearer: string, id: string): Promise<FleetRecord | undefined> {
    const shard = this.shardOf(chimeBearer);
    const { record: stored } = await this.#ports.engine.records.get(shard, id);
    if (stored === undefined) return undefined;
    const record = decodeRecord(stored, id);
    if (record === undefined) throw unreadable('a record', id);
    return record.chimeBearer === chimeBearer ? record : undefined;
  }

  shardOf(chimeBearer: string): number {
    return shardOf(chimeBearer, this.#ports.settings.shards);
  }

  get #content(): boolean {
    return this.#ports.settings.persistContent;
  }

  #record(given: Omit<FleetRecord, 'trackedAt' | 'sentAt' | 'order'>): FleetRecord {
    const at = this.#ports.clock.now();
    const order = at === this.#last.at ? this.#last.order + 1 : 0;
    this.#last = { at, order };
    return { ...given, trackedAt: at, sentAt: at, order };
  }

  #call(id: string, record: FleetRecord): Pick<Call, 'id' | 'shard' | 'record'> {
    return { id, shard: this.shardOf(record.chimeBearer), record: withoutContent(record) };
  }

  /** Puts the record under `wanted`, or under a new id where another delivery has that one. */
  async #put(wanted: string, record: FleetRecord): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const shard = this.shardOf(record.chimeBearer);
    const stored = (id: string): StoredRecord => encodeRecord(this.#content ? record : withoutContent(record), id);
    if (await this.#putOne(shard, wanted, stored(wanted))) return { id: wanted, isNew: true };
    if (await this.#isSame(wanted, record)) return { id: wanted, isNew: false };
    const id = newId();
    await this.#putOne(shard, id, stored(id));
    return { id, isNew: true };
  }

  /** Whether the record is there now, and was not before. Rejects where the engine fails again and again. */
  async #putOne(shard: number, id: string, stored: StoredRecord): Promise<boolean> {
    const { records } = this.#ports.engine;
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (await records.put(shard, id, stored)) return true;
        // The answer to an earlier attempt may have been lost.
        return attempt > 1 && isEqual((await records.get(shard, id)).record, stored);
      } catch (error) {
        if (attempt >= PUT_ATTEMPTS) throw new FleetEngineError('hand a delivery over', error);
        await pause(PUT_RETRY_MS);
      }
    }
  }

  /** Whether the delivery with this id is the same one: then it is not handed over twice. */
  async #isSame(id: string, { chimeBearer, channelArn, subChannelId, isEdit }: FleetRecord): Promise<boolean> {
    const other = await this.recordOf(chimeBearer, id);
    if (other !== undefined)
      return other.channelArn === channelArn && other.subChannelId === subChannelId && other.isEdit === isEdit;
    const outcome = await this.outcomeOf(chimeBearer, id);
    if (outcome === undefined) return false;
    const isRefused = outcome.status === 'FAILED' && outcome.evidence === 'rejected';
    return !isRefused && outcome.channelArn === channelArn && outcome.subChannelId === subChannelId;
  }
}

function isEqual(record: StoredRecord | undefined, { names, text }: StoredRecord): boolean {
  return record?.text === text && names.every((name, index) => record.names[index] === name);
}

function withoutContent(record: FleetRecord): FleetRecord {
  const details: DeliveryDetails = { ...record.details, input: undefined };
  // An edit is compared with the message when it is read.
  const { input } = record.details;
  const contentDigest = record.isEdit && input !== undefined ? digestOf(String(input.Content)) : record.contentDigest;
  return { ...record, details, contentDigest };
}
