// What an app does when it edits its messages: it asks the service by itself, and has the edit tracked by `track` or `wrap`.

import {
  UpdateChannelMessageCommand,
  type UpdateChannelMessageCommandInput,
  type UpdateChannelMessageCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import type { Life } from './life.ts';
import type { EditPlan, MessagePlan } from './plan.ts';

export class Editor {
  readonly #life: Life;

  constructor(life: Life) {
    this.#life = life;
  }

  /** Edits a message as it was planned, from now on; while it has no MessageId there is nothing to edit. */
  plan({ edits }: MessagePlan, messageId: () => string | undefined): void {
    const { parts, machine } = this.#life;
    for (const edit of edits) parts.time.after(edit.delayMs, () => this.#edit(edit, messageId()), machine);
  }

  #edit(edit: EditPlan, messageId: string | undefined): void {
    const life = this.#life;
    if (!life.isOpen || messageId === undefined || messageId === '') return;
    // What a read of a message that is pending itself says of its edit is known only where the message is tracked (docs/concepts.md).
    const isTracked = life.tracker.get(messageId) !== undefined;
    if (!isTracked && life.parts.service.statusOf(messageId) !== 'SENT') return;
    life.note(() => `   the app edits ${edit.text} (${edit.by}; ${edit.outcome ?? 'no flow'})`);
    const input: UpdateChannelMessageCommandInput = {
      ChannelArn: edit.channelArn,
      ...(edit.subChannelId === undefined ? {} : { SubChannelId: edit.subChannelId }),
      ChimeBearer: life.bearerOf(edit),
      MessageId: messageId,
      Content: edit.text,
    };
    const begun = life.parts.time.now;
    const update = (command: UpdateChannelMessageCommand): Promise<UpdateChannelMessageCommandOutput> =>
      life.ownClient.send(command) as Promise<UpdateChannelMessageCommandOutput>;
    // (Where nothing settled is remembered, a wrapped edit cannot be had afterwards, and so not be followed.)
    const result =
      edit.by === 'wrap' && life.remembersSettled
        ? this.#wrapped(edit, update, input).then((output) => {
            // An answer that names no message is not followed.
            if ((output as { MessageId?: string }).MessageId === undefined) return;
            life.followLatestEdit(edit, messageId, begun);
          })
        : update(new UpdateChannelMessageCommand(input)).then((output) =>
            life.adopt(edit, messageId, edit.saysContent ? { ...output, content: edit.text } : output),
          );
    result.catch(() => undefined);
  }

  /** An app's function takes an input or a command. */
  #wrapped(
    { text }: EditPlan,
    update: (command: UpdateChannelMessageCommand) => Promise<unknown>,
    input: UpdateChannelMessageCommandInput,
  ): Promise<unknown> {
    const { tracker } = this.#life;
    if (text.length % 2 === 0) return tracker.wrap(update)(new UpdateChannelMessageCommand(input));
    return tracker.wrap((given: UpdateChannelMessageCommandInput) => update(new UpdateChannelMessageCommand(given)))(
      input,
    );
  }
}
