// Channel flows: their definition, their channels, and the processors, which answer by ChannelFlowCallback.

import type { Input } from '../operation.ts';
import type { Channel } from '../channels.ts';
import { text } from '../checks.ts';
import type { FlowProcess } from '../flow.ts';
import { hex } from '../ids.ts';
import { identity, isoString } from '../message-view.ts';
import type { TruthRecord } from '../message.ts';
import type { Processor, ProcessorFlows } from '../processor.ts';
import { badRequest, ServiceError } from '../service-error.ts';
import { missing, optionalText, pageOf, textOf, type DirectoryContext, type Handler } from './context.ts';
import { compact, summaryView } from './views.ts';

interface FlowProcessor {
  readonly Name: string;
  readonly Configuration: { readonly Lambda: { readonly ResourceArn: string; readonly InvocationType: string } };
  readonly ExecutionOrder: number;
  readonly FallbackAction: 'CONTINUE' | 'ABORT';
}

interface StoredFlow {
  readonly arn: string;
  name: string;
  processors: readonly FlowProcessor[];
  readonly createdAt: number;
  updatedAt: number;
}

/** A message, or an edit of one, at a processor. */
interface Waiting {
  readonly channelArn: string;
  readonly messageId: string;
  readonly answer: (changed: Readonly<Record<string, unknown>>, isDenied: boolean) => void;
}

/** A processor that does not answer has failed after so long, in milliseconds (assumed). */
const ANSWER_MS = 120_000;

export class ChannelFlows implements ProcessorFlows {
  readonly #context: DirectoryContext;
  readonly #flows = new Map<string, StoredFlow>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #processorOf: (lambdaArn: string) => Processor | undefined;
  readonly #createdBy = new Map<string, string>();

  constructor(context: DirectoryContext, processorOf: (lambdaArn: string) => Processor | undefined) {
    this.#context = context;
    this.#processorOf = processorOf;
  }

  /** What the flow of this channel does with a message; undefined where it has none. */
  processOf(
    channel: Channel,
    message: TruthRecord,
    content: string,
    metadata: string | undefined,
  ): FlowProcess | undefined {
    const flow = channel.flowArn === undefined ? undefined : this.#flows.get(channel.flowArn);
    if (flow === undefined || message.type === 'CONTROL') return undefined;
    return { start: (settle) => this.#run(flow.processors, { message, content, metadata }, settle) };
  }

  #run(
    [first, ...rest]: readonly FlowProcessor[],
    given: { readonly message: TruthRecord; readonly content: string; readonly metadata: string | undefined },
    settle: Parameters<FlowProcess['start']>[0],
  ): void {
    if (first === undefined) return settle('SENT', { content: given.content });
    const { message } = given;
    const callbackId = hex(this.#context.random, 32);
    const fail = (): void => {
      if (!this.#waiting.delete(callbackId)) return;
      if (first.FallbackAction === 'ABORT') settle('FAILED', { detail: `The processor ${first.Name} did not answer.` });
      else this.#run(rest, given, settle);
    };
    const cancel = this.#context.after(ANSWER_MS, fail);
    this.#waiting.set(callbackId, {
      channelArn: message.channelArn,
      messageId: message.messageId,
      answer: (changed, isDenied) => {
        cancel();
        if (isDenied) return settle('DENIED', {});
        const { Content = given.content, Metadata = given.metadata } = changed;
        this.#run(rest, { message, content: String(Content), metadata: Metadata as string | undefined }, settle);
      },
    });
    const processor = this.#processorOf(first.Configuration.Lambda.ResourceArn);
    const event = {
      EventType: 'CHANNEL_MESSAGE_EVENT',
      CallbackId: callbackId,
      ChannelMessage: messageOf(given),
    } as const;
    // After the answer to the send, as an asynchronous invocation.
    this.#context.after(0, () => {
      if (processor === undefined) return fail();
      // A function that throws has not answered: the fallback decides.
      void Promise.resolve()
        .then(() => processor(event))
        .catch(() => fail());
    });
  }

  readonly operations: Record<string, Handler> = {
    CreateChannelFlow: (input) => {
      const instance = textOf(input, 'AppInstanceArn');
      const token = `${instance} ${textOf(input, 'ClientRequestToken')}`;
      const before = this.#createdBy.get(token);
      if (before !== undefined) return { ChannelFlowArn: before };
      const arn = `${instance}/channel-flow/${hex(this.#context.random, 32)}`;
      const { now } = this.#context;
      this.#flows.set(arn, { arn, ...readFlow(input), createdAt: now, updatedAt: now });
      this.#createdBy.set(token, arn);
      return { ChannelFlowArn: arn };
    },
    DescribeChannelFlow: (input) => {
      const { arn, name, processors, createdAt, updatedAt } = this.#found(input);
      const { time } = this.#context;
      return {
        ChannelFlow: {
          ChannelFlowArn: arn,
          Name: name,
          Processors: processors,
          CreatedTimestamp: time(createdAt),
          LastUpdatedTimestamp: time(updatedAt),
        },
      };
    },
    UpdateChannelFlow: (input) => {
      const flow = this.#found(input);
      Object.assign(flow, readFlow(input), { updatedAt: this.#context.now });
      return { ChannelFlowArn: flow.arn };
    },
    DeleteChannelFlow: (input) => {
      const { arn } = this.#found(input);
      if (this.#context.channels.all.some(({ flowArn }) => flowArn === arn))
        throw new ServiceError('ConflictException', `The channel flow ${arn} is associated with a channel.`);
      this.#flows.delete(arn);
      return undefined;
    },
    ListChannelFlows: (input) => {
      const instance = textOf(input, 'AppInstanceArn');
      const all = [...this.#flows.values()].filter(({ arn }) => arn.startsWith(`${instance}/`));
      const { page, NextToken } = pageOf(all, input);
      const views = page.map(({ arn, name, processors }) => ({
        ChannelFlowArn: arn,
        Name: name,
        Processors: processors,
      }));
      return { ChannelFlows: views, NextToken };
    },
    AssociateChannelFlow: (input, bearer) => {
      const channel = this.#context.moderated(input, bearer);
      channel.flowArn = this.#found(input).arn;
      return undefined;
    },
    DisassociateChannelFlow: (input, bearer) => {
      const channel = this.#context.moderated(input, bearer);
      if (channel.flowArn !== textOf(input, 'ChannelFlowArn'))
        throw missing(`The channel ${channel.arn} is not associated with this channel flow.`);
      channel.flowArn = undefined;
      return undefined;
    },
    ListChannelsAssociatedWithChannelFlow: (input) => {
      const { arn } = this.#found(input);
      const { page, NextToken } = pageOf(
        this.#context.channels.all.filter(({ flowArn }) => flowArn === arn),
        input,
      );
      return { Channels: page.map((channel) => summaryView(channel, this.#context.time)), NextToken };
    },
    ChannelFlowCallback: (input) => {
      const channelArn = textOf(input, 'ChannelArn');
      const callbackId = optionalText(input, 'CallbackId') ?? '';
      const changed = input['ChannelMessage'] as Readonly<Record<string, unknown>>;
      const waiting = this.#waiting.get(callbackId);
      const isIt = waiting?.channelArn === channelArn && waiting.messageId === changed['MessageId'];
      if (waiting === undefined || !isIt)
        throw missing(`No message of the channel ${channelArn} waits for ${callbackId}.`);
      this.#waiting.delete(callbackId);
      waiting.answer(changed, input['DeleteResource'] === true);
      return { ChannelArn: channelArn, CallbackId: callbackId };
    },
  };

  #found(input: Input): StoredFlow {
    const arn = textOf(input, 'ChannelFlowArn');
    const flow = this.#flows.get(arn);
    if (flow === undefined) throw missing(`There is no channel flow ${arn}.`);
    return flow;
  }
}

function readFlow(input: Input): Pick<StoredFlow, 'name' | 'processors'> {
  const processors = (input['Processors'] ?? []) as readonly FlowProcessor[];
  if (processors.length < 1 || processors.length > 3)
    throw badRequest(`Expected 1 to 3 Processors; got ${processors.length}.`);
  for (const { FallbackAction } of processors)
    if (!['CONTINUE', 'ABORT'].includes(FallbackAction))
      throw badRequest(`Expected FallbackAction to be CONTINUE or ABORT; got ${FallbackAction}.`);
  return {
    name: text('Name', input['Name'], 1, 256),
    processors: processors.toSorted((a, b) => a.ExecutionOrder - b.ExecutionOrder),
  };
}

function messageOf({
  message,
  content,
  metadata,
}: {
  message: TruthRecord;
  content: string;
  metadata: string | undefined;
}) {
  return compact({
    MessageId: message.messageId,
    ChannelArn: message.channelArn,
    Content: content,
    Metadata: metadata,
    Sender: identity(message.sender),
    Persistence: message.persistence,
    Type: message.type,
    CreatedTimestamp: isoString(message.createdAt),
    SubChannelId: message.subChannelId,
    ContentType: message.contentType,
    MessageAttributes: message.attributes,
  });
}
