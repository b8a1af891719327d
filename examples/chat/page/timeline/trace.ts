// Records one person's requests, push events and push state with their times, for the timeline alone.
import type { MessagingSession } from 'amazon-chime-sdk-js';
import type { DeliveryTracker } from 'chime-delivery';

export type RequestResult = 'in-flight' | 'answered' | 'throttled' | 'failed' | 'no-response';

export interface Mark {
  readonly kind: 'send' | 'poll' | 'push';
  readonly at: number;
  /** The request token or the MessageId of the message. */
  readonly about: string;
  result: RequestResult;
}

export interface LinkSince {
  readonly at: number;
  readonly link: 'up' | 'down';
}

const KEEP_MS = 120_000;

export class Trace {
  marks: readonly Mark[] = [];
  links: readonly LinkSince[] = [{ at: Date.now(), link: 'down' }];

  record(kind: Mark['kind'], about: string, result: RequestResult): Mark {
    const mark: Mark = { kind, about, at: Date.now(), result };
    this.marks = [...this.marks.filter(({ at }) => at > mark.at - KEEP_MS), mark];
    return mark;
  }

  watch(tracker: DeliveryTracker, session: MessagingSession): void {
    session.addObserver({
      messagingSessionDidReceiveMessage: ({ type, payload }) => {
        if (!type.endsWith('_CHANNEL_MESSAGE') && type !== 'CREATE_CHANNEL_MESSAGE') return;
        const { MessageId } = JSON.parse(payload) as { MessageId: string };
        // The response of the send has already told that the message is pending.
        if (!type.startsWith('PENDING')) this.record('push', MessageId, 'answered');
      },
    });
    tracker.on('link', ({ state }) => {
      this.links = [...this.links.slice(-100), { at: Date.now(), link: state }];
    });
  }
}
