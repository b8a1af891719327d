// All operations of the service beside those about messages.

import type { ServiceContext } from '../service-context.ts';
import { channelOperations } from './channels.ts';
import { DirectoryContext, optionalText, textOf, textsOf, type Handler } from './context.ts';
import type { Processor } from '../processor.ts';
import { ChannelFlows } from './flows.ts';
import { memberOperations } from './members.ts';

export class Directory {
  readonly flows: ChannelFlows;
  readonly operations: Readonly<Record<string, Handler>>;

  constructor(service: ServiceContext, processorOf: (lambdaArn: string) => Processor | undefined) {
    const context = new DirectoryContext(service);
    this.flows = new ChannelFlows(context, processorOf);
    this.operations = {
      ...channelOperations(context),
      ...memberOperations(context),
      ...this.flows.operations,
      ...tagOperations(),
    };
  }
}

function tagOperations(): Record<string, Handler> {
  const tags = new Map<string, Map<string, string>>();
  const of = (arn: string): Map<string, string> => {
    const found = tags.get(arn) ?? new Map<string, string>();
    tags.set(arn, found);
    return found;
  };
  return {
    TagResource: (input) => {
      for (const { Key, Value } of (input['Tags'] ?? []) as readonly { Key: string; Value: string }[])
        of(textOf(input, 'ResourceARN')).set(Key, Value);
      return undefined;
    },
    UntagResource: (input) => {
      for (const key of textsOf(input, 'TagKeys')) of(textOf(input, 'ResourceARN')).delete(key);
      return undefined;
    },
    ListTagsForResource: (input) => ({
      Tags: [...of(optionalText(input, 'ResourceARN') ?? '')].map(([Key, Value]) => ({ Key, Value })),
    }),
  };
}
