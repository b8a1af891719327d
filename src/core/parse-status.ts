/**
 * Parses the `Status` field of the service's responses and events. Pure. The caller decides what an unknown status means.
 */
import { asObject } from '../shared/unknown-json.ts';
import { isServiceStatus, type ServiceStatus } from './status.ts';

export interface ParsedStatus {
  /** The field `Value`, of any type. */
  readonly raw: unknown;
  readonly status: ServiceStatus | undefined;
  readonly detail: string | undefined;
}

export function parseStatus(field: unknown): ParsedStatus {
  const { Value, Detail } = asObject(field) ?? {};
  return {
    raw: Value,
    status: isServiceStatus(Value) ? Value : undefined,
    detail: typeof Detail === 'string' ? Detail : undefined,
  };
}
