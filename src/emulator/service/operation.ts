// The words for what a client may ask of the service. Which request means which operation is the wire's business.

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

/** What a permission can be asked for: an operation, or opening a websocket (IAM action `chime:Connect`). */
export type PermissionSubject = Operation | 'Connect';
