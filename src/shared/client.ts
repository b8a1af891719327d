/** Anything with the AWS SDK's `send(command, { abortSignal })`: a `ChimeSDKMessagingClient`, or a test double. */
export interface MessagingClient {
  // The SDK's own signature is a generic overload over its command classes; this is the part of it that we use.
  // oxlint-disable-next-line typescript/no-explicit-any
  send(command: any, options?: { abortSignal?: AbortSignal }): Promise<any>;
}

/** Where diagnostics go; `console` fits. */
export interface Logger {
  debug(message: string, ...details: unknown[]): void;
  info(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}
