// The service model of the emulator in virtual time and without sockets, with one sender in one channel.

import type { ChimeEmulatorSettings, ChimeEvent } from '../../src/emulator/index.ts';
import type { MessageRequest, SendRequest } from '../../src/emulator/service/requests.ts';
import { ChimeService } from '../../src/emulator/service/service.ts';
import type { Settings } from '../../src/emulator/settings.ts';
import { applySettings, defaultSettings } from '../../src/emulator/settings.ts';
import { createVirtualWorld } from './virtual-world.ts';
import type { VirtualWorld } from './virtual-world.ts';

export const bearer = 'arn:aws:chime:us-east-1:1:app-instance/x/user/alice';
export const channelArn = 'arn:aws:chime:us-east-1:1:app-instance/x/channel/general';

/** The emulator's service without sockets, in the test's own time. */
export interface Model {
  readonly world: VirtualWorld;
  readonly service: ChimeService;
  readonly settings: Settings;
  readonly events: ChimeEvent[];
  readonly send: (more?: Partial<SendRequest>) => string;
  readonly update: (messageId: string, content: string) => unknown;
  /** The Status of a message, or 'missing'. */
  readonly status: (messageId: string) => unknown;
  readonly get: (messageId: string) => unknown;
}

export function createModel(given: ChimeEmulatorSettings): Model {
  const world = createVirtualWorld(1_000_000);
  const settings = defaultSettings();
  applySettings(settings, given);
  const events: ChimeEvent[] = [];
  const service = new ChimeService({ world, settings, publish: (event) => events.push(event) });
  const request: SendRequest = {
    bearer,
    channelArn,
    subChannelId: undefined,
    content: 'hello',
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    token: 'token-1',
    metadata: undefined,
    contentType: undefined,
    attributes: undefined,
    target: undefined,
  };
  const at = (messageId: string): MessageRequest => ({ bearer, channelArn, subChannelId: undefined, messageId });
  return {
    world,
    service,
    settings,
    events,
    send: (more) => String(service.writes.send({ ...request, ...more })['MessageId']),
    update: (messageId, content) => service.writes.update({ ...at(messageId), content, metadata: undefined })['Status'],
    status: (messageId) => service.reads.status(at(messageId))['Status'] ?? 'missing',
    get: (messageId) => service.reads.get(at(messageId))['ChannelMessage'],
  };
}
