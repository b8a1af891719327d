// The operations of the service. `http/routes.ts` maps requests to them.

import type { OperationName } from '../model/operations.ts';

/** The input of an operation, by the names of its members; checked against the service's model. */
export type Input = Readonly<Record<string, unknown>>;

/** An operation of the service, by its name in the AWS SDK (without "Command"). */
export type Operation = OperationName;

/** The subject of a permission: an operation, or opening a websocket (IAM action `chime:Connect`). */
export type PermissionSubject = Operation | 'Connect';
