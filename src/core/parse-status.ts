/**
 * The `Status` of the service's answers and events, read at the border: which of its words it is, and the detail beside it.
 * Pure. What a word that is none of ours means is for whoever asked.
 */
import { asObject } from '../shared/unknown-json.ts';
import { isServiceStatus, type ServiceStatus } from './status.ts';

export interface ParsedStatus {
  /** What stands as `Value`, whatever it is. */
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
