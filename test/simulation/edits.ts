// What an app does to edit its messages: it calls `update`, or the service itself, and has the edit tracked by `track` or `wrap`.

import {
  UpdateChannelMessageCommand,
  type UpdateChannelMessageCommandInput,
  type UpdateChannelMessageCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import type { AppSession } from './app-session.ts';
import type { EditPlan, MessagePlan } from './plan.ts';

export class Editor {
  readonly #session: AppSession;

  constructor(session: AppSession) {
    this.#session = session;
  }

  /** Edits a message as planned, from now on; while it has no MessageId there is nothing to edit. */
  plan({ edits }: MessagePlan, messageId: () => string | undefined): void {
    const { parts, machine } = this.#session;
    for (const edit of edits) parts.time.after(edit.delayMs, () => this.#edit(edit, messageId()), machine);
  }

  #edit(edit: EditPlan, messageId: string | undefined): void {
    const session = this.#session;
    if (!session.isOpen || messageId === undefined || messageId === '') return;
    // A read of a pending message shows something about its edit only if the message is tracked (docs/concepts.md).
    const isTracked = session.tracker.get(messageId) !== undefined;
    if (!isTracked && session.parts.service.statusOf(messageId) !== 'SENT') return;
    session.note(() => `   the app edits ${edit.text} (${edit.by}; ${edit.outcome ?? 'no flow'})`);
    const input: UpdateChannelMessageCommandInput = {
      ChannelArn: edit.channelArn,
      ...(edit.subChannelId === undefined ? {} : { SubChannelId: edit.subChannelId }),
      ChimeBearer: session.bearerOf(edit),
      MessageId: messageId,
      Content: edit.text,
    };
    if (edit.by === 'update') return session.update(edit, input);
    const begun = session.parts.time.now;
    const update = (command: UpdateChannelMessageCommand): Promise<UpdateChannelMessageCommandOutput> =>
      session.ownClient.send(command) as Promise<UpdateChannelMessageCommandOutput>;
    // (If no settled delivery is kept, a wrapped edit cannot be found afterwards, and so not be followed.)
    const result =
      edit.by === 'wrap' && session.remembersSettled
        ? this.#wrapped(edit, update, input).then((output) => {
            // A response without a message is not followed.
            if ((output as { MessageId?: string }).MessageId === undefined) return;
            session.followLatestEdit(edit, messageId, begun);
          })
        : update(new UpdateChannelMessageCommand(input)).then((output) =>
            session.adopt(edit, messageId, edit.saysContent ? { ...output, content: edit.text } : output),
          );
    result.catch(() => undefined);
  }

  /** An app's function may take an input or a command. */
  #wrapped(
    { text }: EditPlan,
    isEdit: (command: UpdateChannelMessageCommand) => Promise<unknown>,
    input: UpdateChannelMessageCommandInput,
  ): Promise<unknown> {
    const { tracker } = this.#session;
    if (text.length % 2 === 0) return tracker.wrap(isEdit)(new UpdateChannelMessageCommand(input));
    return tracker.wrap((given: UpdateChannelMessageCommandInput) => isEdit(new UpdateChannelMessageCommand(given)))(
      input,
    );
  }
}
