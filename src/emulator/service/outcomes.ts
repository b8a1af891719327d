// Carries out the decisions of flows: at its time, the message or edit gets its outcome, and the event goes out. These timers
// are the only ones of the service model.

import type { Channel } from './channels.ts';
import type { ChimeEvent, MessageFact } from './events.ts';
import { createEvent, updateEvent } from './events.ts';
import type { FlowDecision, FlowProcess } from './flow.ts';
import type { MessageStatus, StoredMessage, StoredUpdate } from './message.ts';
import type { ServiceSettings } from './settings.ts';
import type { World } from './world.ts';

export interface OutcomeParts {
  readonly world: World;
  readonly settings: ServiceSettings;
  readonly publish: (event: ChimeEvent) => void;
}

/** What decides: a decision of a flow, or processors that will answer; undefined without a flow. */
export type Decision = FlowDecision | FlowProcess | undefined;

type Settle = (status: MessageStatus, detail?: string, content?: string) => void;

export class Outcomes {
  readonly #parts: OutcomeParts;
  /** Edits that were decided while their message was PENDING, by message: they wait for its outcome. */
  readonly #decidedEarly = new Map<StoredMessage, (() => void)[]>();

  constructor(parts: OutcomeParts) {
    this.#parts = parts;
  }

  /** A new message: SENT at once without a flow, PENDING until the decision's time with one. */
  create(channel: Channel, message: StoredMessage, decision: Decision): void {
    this.#run(decision, (status, detail, content) => {
      this.#settle(message, status, detail);
      if (status === 'SENT') message.content = content ?? message.content;
      if (!message.deleted) this.#parts.publish(createEvent(this.#fact(channel, message)));
      if (status === 'PENDING') return;
      for (const settleEdit of this.#decidedEarly.get(message) ?? []) settleEdit();
      this.#decidedEarly.delete(message);
    });
  }

  /** An edit: the old content stays until the edit is SENT. An edit of a denied or failed message is not applied. */
  update(channel: Channel, message: StoredMessage, update: StoredUpdate, decision: Decision): void {
    const { settings } = this.#parts;
    if (settings.editTimestamp === 'accepted') message.lastEditedAt = update.createdAt;
    const settle: Settle = (status, detail, content) => {
      if (message.status === 'PENDING' && status !== 'PENDING') {
        const waiting = this.#decidedEarly.get(message) ?? [];
        this.#decidedEarly.set(message, [...waiting, () => settle(status, detail, content)]);
        return;
      }
      const lost = message.status === 'DENIED' || message.status === 'FAILED';
      const now = this.#settle(update, lost ? message.status : status, detail);
      if (message.deleted) return;
      if (update.status === 'SENT') {
        message.content = content ?? update.content;
        message.metadata = update.metadata;
        message.lastUpdatedAt = now;
        if (settings.editTimestamp === 'applied') message.lastEditedAt = now;
      }
      this.#parts.publish(updateEvent(this.#fact(channel, message), update));
    };
    this.#run(decision, settle);
  }

  #run(decision: Decision, settle: Settle): void {
    if (!decision) return settle('SENT');
    settle('PENDING');
    if ('start' in decision) return decision.start((outcome, { content, detail }) => settle(outcome, detail, content));
    const { outcome, afterMs, detail, content } = decision;
    if (outcome !== 'NEVER') this.#parts.world.after(afterMs, () => settle(outcome, detail, content));
  }

  #settle(target: StoredMessage | StoredUpdate, status: MessageStatus, detail: string | undefined): number {
    const now = this.#parts.world.now();
    target.status = status;
    target.detail = detail;
    if (status !== 'PENDING') target.decidedAt = now;
    return now;
  }

  #fact(channel: Channel, message: StoredMessage): MessageFact {
    return { channel, message, settings: this.#parts.settings };
  }
}
