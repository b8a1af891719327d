// Wires the parts of an emulator and starts its server. It has no logic of the service.

import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

import { WebSocketServer } from 'ws';

import type { ChimeEmulator } from './emulator.ts';
import { FaultRegistry } from './fault-rules.ts';
import { operationsOf } from './http/operations.ts';
import { handleRequest } from './http/request-handler.ts';
import { closeServer, listen, resetConnection } from './http/node-http.ts';
import type { ChimeEmulatorOptions } from './options.ts';
import type { OpenRecord } from './request-log.ts';
import { maxInSlidingSecond } from './request-log.ts';
import { Admission } from './service/admission.ts';
import { arnOf, idMint } from './service/ids.ts';
import { ChimeService } from './service/service.ts';
import { addSessionGlobals } from './node-globals.ts';
import { sessionConfiguration } from './session-configuration.ts';
import { applySettings, changeableOf, defaultSettings } from './settings.ts';
import { EventGate } from './socket/event-gate.ts';
import { prefetchFrames } from './socket/prefetch.ts';
import { SocketHub } from './socket/socket-hub.ts';
import { SocketUpgrader } from './socket/upgrade.ts';
import { createSystemWorld, seededRandom } from './system-world.ts';

/** Starts a local Chime messaging service; resolves once it listens. Several may run in one process. */
export async function startChimeEmulator(options: ChimeEmulatorOptions = {}): Promise<ChimeEmulator> {
  const settings = defaultSettings();
  applySettings(settings, changeableOf(options));
  const { host = '127.0.0.1', port = 0, tls, region = 'us-east-1', seed, onRequest } = options;
  const { random = seed === undefined ? () => Math.random() : seededRandom(seed) } = options;

  const world = createSystemWorld(random);
  const hub = new SocketHub(world, settings);
  const events = new EventGate({
    deliver: (event) => hub.deliver(event),
    flushed: () => hub.flushed(),
    order: () => settings.eventOrder,
  });
  const service = new ChimeService({ world, settings, publish: (event) => events.publish(event) });
  const admission = new Admission(world, settings);
  const faults = new FaultRegistry(random);
  const log: OpenRecord[] = [];
  const operations = operationsOf(service, () => websocketEndpoint);
  const parts = { world, settings, region, log, faults, admission, operations, events, onRequest };

  const listener: RequestListener = (req, res) => {
    handleRequest(parts, req, res).catch(() => resetConnection(res));
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  // An idle connection is kept: closing it would race with a client that is about to use it.
  server.keepAliveTimeout = 0;
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, clientTracking: false });
  const prefetch = (userArn: string): string[] => prefetchFrames(service, userArn);
  const upgrader = new SocketUpgrader({ world, settings, region, hub, server: sockets, prefetch });
  server.on('upgrade', (req, socket, head) => upgrader.open(req, socket, head));
  const websocketEndpoint = await listen(server, host, port);

  const channelId = idMint(random);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    world.stop();
    hub.drop(undefined);
    closed ??= closeServer(server);
    return closed;
  };

  return {
    url: `${tls === undefined ? 'http' : 'https'}://${websocketEndpoint}`,
    websocketEndpoint,
    region,
    options: settings,
    set: (patch) => applySettings(settings, patch),
    fault: (rule) => faults.add(rule),
    log,
    messages: service.messages,
    truth: (messageId) => service.truth(messageId),
    maxInSlidingSecond: (bearer) => maxInSlidingSecond(log, bearer),
    connections: hub.records,
    dropSockets: ({ code, bearer } = {}) => hub.drop(bearer, code),
    refuseSockets: (how) => void (upgrader.refusal = how),
    halfOpenSockets: (on = true, bearer) => hub.mute(on, bearer),
    createChannel: (channel = {}) => service.declareChannel(arnOf(region, 'channel', channelId()), channel).arn,
    deleteChannel: (channelArn) => service.deleteChannel(channelArn),
    sessionConfiguration: (userArn) => {
      addSessionGlobals();
      return sessionConfiguration({ websocketEndpoint, region, secure: tls !== undefined }, userArn);
    },
    userArn: (name) => arnOf(region, 'user', name),
    close,
    [Symbol.asyncDispose]: close,
  };
}
