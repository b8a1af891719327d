// Carrying out what a flow decided: at its time, the message or its edit gets the outcome and the event goes out. Timers
// of decisions that are still to come are the only ones that the service model keeps.

import type { Channel } from './channels.ts';
import type { ChimeEvent } from './events.ts';
import { createEvent, updateEvent } from './events.ts';
import type { FlowDecision } from './flow.ts';
import type { MessageStatus, StoredMessage, StoredUpdate } from './message.ts';
import type { ServiceSettings } from './settings.ts';
import type { World } from './world.ts';

export interface OutcomeParts {
  readonly world: World;
  readonly settings: ServiceSettings;
  readonly publish: (event: ChimeEvent) => void;
}

export class Outcomes {
  readonly #parts: OutcomeParts;

  constructor(parts: OutcomeParts) {
    this.#parts = parts;
  }

  /** A new message: SENT at once where no flow looks at it, PENDING until its time where one does. */
  create(channel: Channel, message: StoredMessage, decision: FlowDecision | undefined): void {
    const settle = (status: MessageStatus, detail?: string): void => {
      this.#settle(message, status, detail);
      if (message.deleted) return;
      this.#parts.publish(createEvent(this.#fact(channel, message)));
    };
    this.#run(decision, settle);
  }

  /** An edit: the old content stays until, and unless, it is SENT. */
  update(channel: Channel, message: StoredMessage, update: StoredUpdate, decision: FlowDecision | undefined): void {
    const settle = (status: MessageStatus, detail?: string): void => {
      const now = this.#settle(update, status, detail);
      if (message.deleted) return;
      if (status === 'SENT') {
        message.content = update.content;
        message.metadata = update.metadata;
        message.lastUpdatedAt = now;
        message.lastEditedAt = now;
      }
      this.#parts.publish(updateEvent(this.#fact(channel, message), update));
    };
    this.#run(decision, settle);
  }

  #run(decision: FlowDecision | undefined, settle: (status: MessageStatus, detail?: string) => void): void {
    if (!decision) return settle('SENT');
    settle('PENDING');
    const { outcome, afterMs, detail } = decision;
    if (outcome !== 'NEVER') this.#parts.world.after(afterMs, () => settle(outcome, detail));
  }

  #settle(target: StoredMessage | StoredUpdate, status: MessageStatus, detail: string | undefined): number {
    const now = this.#parts.world.now();
    target.status = status;
    target.detail = detail;
    if (status !== 'PENDING') target.decidedAt = now;
    return now;
  }

  #fact(channel: Channel, message: StoredMessage): Parameters<typeof createEvent>[0] {
    return { channel, message, deniedCarriesContent: this.#parts.settings.deniedCarriesContent };
  }
}
