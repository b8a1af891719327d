/**
 * The `Status` of the service's answers and events, read at the border: which of its words it is, and the detail beside it.
 * Pure. What a word that is none of ours means is for whoever asked.
 */
import { asRecord } from './as-record.ts';
import { isServiceStatus, type ServiceStatus } from './message.ts';

export interface StatusField {
  /** What stands as `Value`, whatever it is. */
  readonly word: unknown;
  readonly status: ServiceStatus | undefined;
  readonly detail: string | undefined;
}

export function readStatusField(field: unknown): StatusField {
  const { Value, Detail } = asRecord(field) ?? {};
  return {
    word: Value,
    status: isServiceStatus(Value) ? Value : undefined,
    detail: typeof Detail === 'string' ? Detail : undefined,
  };
}
