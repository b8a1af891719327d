// What happened to one person's messages and when, for the timeline to draw: requests, pushed events, the link. It only
// takes notes; nothing depends on it.
import type { MessagingSession } from 'amazon-chime-sdk-js';
import type { DeliveryTracker } from 'chime-delivery';

export type Answer = 'waiting' | 'answered' | 'throttled' | 'refused' | 'lost';

export interface Mark {
  readonly kind: 'send' | 'look' | 'push';
  readonly at: number;
  /** The request token or the MessageId of the message that it is about. */
  readonly about: string;
  answer: Answer;
}

export interface LinkSince {
  readonly at: number;
  readonly link: 'up' | 'down';
}

const KEEP_MS = 120_000;

export class Trace {
  marks: readonly Mark[] = [];
  links: readonly LinkSince[] = [{ at: Date.now(), link: 'down' }];
  note(kind: Mark['kind'], about: string, answer: Answer): Mark {
    const mark: Mark = { kind, about, at: Date.now(), answer };
    this.marks = [...this.marks.filter(({ at }) => at > mark.at - KEEP_MS), mark];
    return mark;
  }

  watch(tracker: DeliveryTracker, session: MessagingSession): void {
    session.addObserver({
      messagingSessionDidReceiveMessage: ({ type, payload }) => {
        if (!type.endsWith('_CHANNEL_MESSAGE') && type !== 'CREATE_CHANNEL_MESSAGE') return;
        const { MessageId } = JSON.parse(payload) as { MessageId: string };
        // That it is pending, the send's answer has said.
        if (!type.startsWith('PENDING')) this.note('push', MessageId, 'answered');
      },
    });
    tracker.on('link', ({ state }) => {
      this.links = [...this.links.slice(-100), { at: Date.now(), link: state }];
    });
  }
}
