// A tracker with a scripted client and a scripted socket, for tests of the hooks.
import type { Delivery, DeliveryTracker, PushMessage, PushSource, SendInput } from 'chime-delivery';
import { DeliveryProvider, useDelivery } from 'chime-delivery/react';
import type { ReactElement, ReactNode } from 'react';
import { TextDecoder, TextEncoder } from 'node:util';
import { act } from '@testing-library/react';
import { filter, firstValueFrom, Subject } from 'rxjs';

// Browsers have them, jsdom lacks them, and the AWS SDK needs them as soon as it is loaded.
Object.assign(globalThis, { TextDecoder, TextEncoder });
const library: typeof import('chime-delivery') = await import('chime-delivery');
export const createDeliveryTracker: typeof library.createDeliveryTracker = library.createDeliveryTracker;
export const isChimeDeliveryError: typeof library.isChimeDeliveryError = library.isChimeDeliveryError;

export const ALICE = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/user/alice';
export const CHANNEL = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/general';
export const draft: SendInput = { ChannelArn: CHANNEL, Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT' };

export interface Kit {
  readonly tracker: DeliveryTracker;
  /** Tracks a message that is PENDING. */
  readonly track: (messageId: string) => Delivery;
  /** The socket announces the status of a message. */
  readonly push: (messageId: string, status: 'SENT' | 'FAILED' | 'DENIED') => void;
  /** The component inside the provider. */
  readonly provided: (children: ReactNode) => ReactElement;
}

export function createKit(): Kit {
  const source = { messages$: new Subject<PushMessage>(), link$: new Subject<'up' | 'down'>() } satisfies PushSource;
  let sends = 0;
  const client = {
    send: (): Promise<object> => {
      sends += 1;
      return Promise.resolve({ ChannelArn: CHANNEL, MessageId: `sent-${sends}`, Status: { Value: 'PENDING' } });
    },
  };
  const tracker = createDeliveryTracker({ client, chimeBearer: ALICE });
  tracker.attach(source);
  source.link$.next('up');
  return {
    tracker,
    track: (messageId) => tracker.track({ channelArn: CHANNEL, messageId, status: 'PENDING' }),
    push: (messageId, status) => {
      const type = status === 'SENT' ? 'CREATE_CHANNEL_MESSAGE' : `${status}_CREATE_CHANNEL_MESSAGE`;
      const payload = { ChannelArn: CHANNEL, MessageId: messageId, Sender: { Arn: ALICE }, Status: { Value: status } };
      source.messages$.next({ type, headers: {}, payload: JSON.stringify(payload) });
    },
    provided: (children) => <DeliveryProvider tracker={tracker}>{children}</DeliveryProvider>,
  };
}

/** Shows the status of one delivery, and records each render. */
export function Bubble({ of, rendered }: { of: string | Delivery; rendered?: string[] }): ReactElement {
  const status = useDelivery(of)?.status ?? 'nothing';
  rendered?.push(status);
  return <p data-testid={typeof of === 'string' ? of : of.id}>{status}</p>;
}

/** The service has accepted the message. */
export async function accepted(delivery: Delivery): Promise<void> {
  await act(() => firstValueFrom(delivery.state$.pipe(filter(({ status }) => status === 'PENDING'))));
}
