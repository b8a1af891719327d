/** Messages put directly into the service: messages from before a scene cost it no request. */
import type { Sent } from '../contenders/contender.ts';
import type { LocalService } from './local-service.ts';

export function put(service: LocalService, bearer: string, channelArn: string, token: string): Sent {
  const { MessageId } = service.model.writes.send({
    bearer,
    channelArn,
    token,
    content: 'Shall we meet at seven?',
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    subChannelId: undefined,
    metadata: undefined,
    contentType: undefined,
    attributes: undefined,
    target: undefined,
  });
  return { channelArn, messageId: String(MessageId) };
}
