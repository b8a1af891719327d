// The operations of the service. `http/routes.ts` maps requests to them.

/** An operation of the service, by its name in the AWS SDK (without "Command"). */
export type Operation =
  | 'SendChannelMessage'
  | 'UpdateChannelMessage'
  | 'RedactChannelMessage'
  | 'DeleteChannelMessage'
  | 'GetChannelMessage'
  | 'GetChannelMessageStatus'
  | 'ListChannelMessages'
  | 'GetMessagingSessionEndpoint';

/** The subject of a permission: an operation, or opening a websocket (IAM action `chime:Connect`). */
export type PermissionSubject = Operation | 'Connect';
