// The entry point of `chime-delivery/emulator`: a local Amazon Chime SDK messaging service for tests.

export { startChimeEmulator } from './start-emulator.ts';
export { startControlServer, type ControlServer } from './control/control-server.ts';
export { faults } from './faults.ts';
export { sessionConfiguration } from './session-configuration.ts';

export type { ChimeEmulator } from './emulator.ts';
export type { EmulatorSessionConfiguration, SessionEndpoint } from './session-configuration.ts';
export type { ChimeEmulatorOptions, ChimeEmulatorSettings } from './options.ts';
export type { FaultKind, FaultRule } from './fault-rules.ts';
export type { RequestRecord } from './request-log.ts';
export type { ChannelOptions } from './service/channels.ts';
export type { ChannelEventType, ChimeEvent, MessageEventType } from './service/events.ts';
export type { Processor, ProcessorEvent } from './service/processor.ts';
export type { Flow, FlowDecision, FlowMessage, Outcome } from './service/flow.ts';
export type { MessageStatus, TruthRecord, UpdateRecord } from './service/message.ts';
export type { Operation, PermissionSubject } from './service/operation.ts';
export type { ChannelBudgets, DeniedShape, EditSettings, TokenSettings } from './service/settings.ts';
export type { ConnectionRecord, SocketRefusal } from './socket/connection-record.ts';
