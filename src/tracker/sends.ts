/** Begins sends: of new messages, of edits, and of what ended without being delivered. `send/sender.ts` carries them out. */
import { newId } from '../shared/new-id.ts';
import { handleOf, type Delivery, type TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryDetails, SendInput, UpdateInput } from '../core/delivery-details.ts';
import type { NewDelivery } from '../core/delivery-record.ts';
import type { DeliveryRegistry, Transition } from '../core/delivery-registry.ts';
import { isTerminal } from '../core/status.ts';
import { ContentNotKeptError, InvalidArgumentError } from '../shared/errors.ts';
import { digestOf } from '../shared/digest.ts';
import { deepFreeze } from '../shared/json-copy.ts';
import { clockOffset, monotonicNow } from '../shared/time.ts';
import {
  inputAsGiven,
  missingMeansDenied,
  parseSendInput,
  parseUpdateInput,
  type SendCommandInput,
} from '../send/send-input.ts';
import type { CommandInput } from '../send/pending-send.ts';
import type { Sender } from '../send/sender.ts';
import type { Settings } from './options.ts';
import { parseSendOptions, type ParsedSendOptions, type SendOptions } from './send-options.ts';

export interface SendsPorts {
  readonly settings: Pick<Settings, 'chimeBearer' | 'send'>;
  readonly registry: DeliveryRegistry;
  readonly sender: Pick<Sender, 'send'>;
  /** Announces a delivery that was added to the registry. */
  readonly announceAdded: (transition: Transition) => void;
  readonly isClosed: () => boolean;
  /** The app sends: the credentials may work again. */
  readonly probeNow: () => void;
}

export class Sends {
  readonly #ports: SendsPorts;
  /** The delivery that sends another one again, by the id of that one. */
  readonly #retries = new WeakMap<TrackedDelivery, TrackedDelivery>();

  constructor(ports: SendsPorts) {
    this.#ports = ports;
  }

  send(input: SendInput, options: SendOptions = {}): Delivery {
    const parsed = parseSendOptions(options);
    const command = parseSendInput(input, this.#ports.settings.chimeBearer);
    const { ChannelArn: channelArn, ChimeBearer: chimeBearer, SubChannelId: subChannelId } = command;
    const tracked = this.#ports.registry.findSend(command.ClientRequestToken, {
      channelArn,
      chimeBearer,
      subChannelId,
    });
    if (tracked !== undefined) return handleOf(tracked);
    return handleOf(this.#sendCommand(command, detailsOf(inputAsGiven(input, command), parsed), parsed.signal));
  }

  update(input: UpdateInput, options: SendOptions = {}): Delivery {
    const parsed = parseSendOptions(options);
    return handleOf(this.#updateMessage(input, detailsOf, parsed));
  }

  /** Sends again what ended otherwise than SENT. A second call returns the delivery of the first, unless that has failed too. */
  retry(failed: TrackedDelivery): Delivery {
    let last = failed;
    for (let next = this.#retries.get(last); next !== undefined; next = this.#retries.get(last)) {
      if (!this.#ports.registry.has(next)) break;
      last = next;
    }
    const { record } = last;
    const hasFailed = isTerminal(record.status) && record.status !== 'SENT';
    if (!hasFailed) {
      if (last !== failed) return handleOf(last);
      throw new InvalidArgumentError(
        'id',
        'that of a delivery that ended FAILED, DENIED or UNKNOWN',
        `${record.id} (${record.status})`,
      );
    }
    const { input, context, expireMs } = record.details;
    if (input === undefined) throw new ContentNotKeptError();
    const options = { signal: undefined, context, expireMs };
    const details = (given: DeliveryDetails['input']): DeliveryDetails => ({
      ...detailsOf(given, options),
      retryOf: record.id,
    });
    const again = record.isEdit
      ? this.#updateMessage({ ...(input as UpdateInput), ChimeBearer: record.chimeBearer }, details, options)
      : this.#sendAgain(last, input as SendInput, details);
    this.#retries.set(last, again);
    return handleOf(again);
  }

  #sendAgain(
    last: TrackedDelivery,
    input: SendInput,
    details: (input: DeliveryDetails['input']) => DeliveryDetails,
  ): TrackedDelivery {
    const { record } = last;
    const token = this.#mayHaveArrived(last) ? record.token : undefined;
    // The service answers a token that it remembers with the first message, so that nothing is delivered twice.
    const command = parseSendInput(
      { ...input, ChimeBearer: record.chimeBearer, ClientRequestToken: token ?? newId() },
      record.chimeBearer,
    );
    const { ClientRequestToken: _token, ...given } = input;
    return this.#sendCommand(command, details(given), undefined, token === undefined);
  }

  /** Whether the message of a delivery that ended may have arrived, and its token be still remembered. */
  #mayHaveArrived({ record }: TrackedDelivery): boolean {
    if (record.status !== 'UNKNOWN') return false;
    return monotonicNow() - record.sentAt < this.#ports.settings.send.resendWindowMs;
  }

  #sendCommand(
    command: SendCommandInput,
    details: DeliveryDetails,
    signal: AbortSignal | undefined,
    isNew: boolean = (details.input as SendInput).ClientRequestToken === undefined,
  ): TrackedDelivery {
    const token = command.ClientRequestToken;
    const { Type: type, Persistence: persistence } = command;
    return this.#begin(
      {
        ...addressOf(command),
        id: token,
        token,
        missingMeansDenied: missingMeansDenied(command),
        contentDigest: digestOf(String(command.Content)),
        details: { ...details, type, persistence },
      },
      command,
      signal,
      isNew,
    );
  }

  #updateMessage(
    input: UpdateInput,
    details: (input: DeliveryDetails['input'], options: ParsedSendOptions) => DeliveryDetails,
    options: ParsedSendOptions,
  ): TrackedDelivery {
    const command = parseUpdateInput(input, this.#ports.settings.chimeBearer);
    return this.#begin(
      {
        ...addressOf(command),
        isEdit: true,
        missingMeansDenied: false,
        contentDigest: digestOf(String(command.Content)),
        details: details(inputAsGiven(input, command), options),
      },
      command,
      options.signal,
      true,
    );
  }

  #begin(
    delivery: Omit<NewDelivery, 'at'>,
    command: CommandInput,
    signal: AbortSignal | undefined,
    isNew: boolean,
  ): TrackedDelivery {
    const { registry, sender, announceAdded, isClosed, probeNow } = this.#ports;
    const details = Object.freeze({ ...delivery.details, input: deepFreeze(delivery.details?.input) });
    const transition = registry.add({ ...delivery, details, at: monotonicNow(), clockOffset: clockOffset() });
    const { delivery: added } = transition;
    announceAdded(transition);
    // A listener may have closed the tracker, or forgotten this delivery, when it was announced.
    if (isClosed() || !registry.has(added)) return added;
    sender.send(added, command, signal, isNew);
    probeNow();
    return added;
  }
}

function detailsOf(
  input: DeliveryDetails['input'],
  { context, expireMs }: Pick<ParsedSendOptions, 'context' | 'expireMs'>,
): DeliveryDetails {
  return { input, context, expireMs };
}

function addressOf(command: CommandInput): Pick<NewDelivery, 'channelArn' | 'chimeBearer' | 'subChannelId'> {
  return { channelArn: command.ChannelArn, chimeBearer: command.ChimeBearer, subChannelId: command.SubChannelId };
}
