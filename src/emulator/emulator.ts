// The interface of a running emulator for the test that started it. `start-emulator.ts` wires its parts.

import type { FaultRule } from './fault-rules.ts';
import type { ChimeEmulatorSettings } from './options.ts';
import type { RequestRecord } from './request-log.ts';
import type { ChannelOptions } from './service/channels.ts';
import type { MessageStatus, TruthRecord } from './service/message.ts';
import type { EmulatorSessionConfiguration } from './session-configuration.ts';
import type { Settings } from './settings.ts';
import type { ConnectionRecord, SocketRefusal } from './socket/connection-record.ts';

/** A running local Chime messaging service. */
export interface ChimeEmulator extends AsyncDisposable {
  /** `http://host:port` (https with `tls`): the `endpoint` of a ChimeSDKMessagingClient. */
  readonly url: string;
  /** `host:port`, as GetMessagingSessionEndpoint returns it. */
  readonly websocketEndpoint: string;
  readonly region: string;
  /** The current settings; `set` changes them. */
  readonly options: Readonly<Settings>;
  /** Changes settings from now on. `undefined` restores a default. */
  set(settings: ChimeEmulatorSettings): void;
  /** Scripts a fault from now on. Returns the function that ends it. Rules are tried in the order in which they were added. */
  fault(rule: FaultRule): () => void;
  /** Every HTTP request so far, CORS preflights left out, in order of arrival. */
  readonly log: readonly RequestRecord[];
  /** The truth about every message so far, in order of creation. */
  readonly messages: readonly TruthRecord[];
  /** The status of a message in the service; undefined for an id that the service never issued. */
  truth(messageId: string): MessageStatus | undefined;
  /** The largest number of requests in any sliding second (its end excluded), of one bearer or of all. */
  maxInSlidingSecond(bearer?: string): number;
  /** Every websocket so far, refused and closed ones included. */
  readonly connections: readonly ConnectionRecord[];
  /** Ends open websockets, of one user or of all: with a close code, or else without a close frame (1006). Returns how many. */
  dropSockets(options?: { code?: number | undefined; bearer?: string | undefined }): number;
  /** Refuses new websockets from now on, or no longer. */
  refuseSockets(how: SocketRefusal): void;
  /**
   * Makes the open websockets half-open: they stay open, and the emulator neither sends nor answers on them. `false` ends that;
   * missed events stay missed. Websockets that open later are not affected. Returns how many.
   */
  halfOpenSockets(on?: boolean, bearer?: string): number;
  /** Declares a channel; returns its ARN. An undeclared channel exists once it is used, and every user is a member. */
  createChannel(options?: ChannelOptions): string;
  /** Deletes a channel with all its messages, and sends DELETE_CHANNEL to its members. Later requests about it are refused. */
  deleteChannel(channelArn: string): void;
  /**
   * What a messaging session of `amazon-chime-sdk-js` needs to connect as this user: the fields of its configuration, and its signer.
   * In Node it adds the globals that the package takes from a browser, where they are missing: import the package afterwards.
   */
  sessionConfiguration(userArn: string): EmulatorSessionConfiguration;
  /** The ARN of a user of this name, for tests that need one. */
  userArn(name: string): string;
  /** Ends every connection and timer. Closing twice is harmless. */
  close(): Promise<void>;
}
