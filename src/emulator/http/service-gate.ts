// The checks of the service, in its order: signature, bearer, budget, scripted errors, permission; then the operation. Every
// refusal becomes the answer that the service would give.

import type { FaultRegistry, FaultRule } from '../fault-rules.ts';
import type { OpenRecord } from '../request-log.ts';
import type { Admission } from '../service/admission.ts';
import type { Operation } from '../service/operation.ts';
import { errorTypeForStatus, ServiceError } from '../service/service-error.ts';
import type { Settings } from '../settings.ts';
import type { Answer } from './answer.ts';
import { errorAnswer } from './answer.ts';
import type { Perform } from './operations.ts';
import type { RoutedRequest } from './read-request.ts';
import { bearerOf } from './read-request.ts';
import { checkAuthorization } from './signature.ts';

export interface GateParts {
  readonly settings: Settings;
  readonly region: string;
  readonly faults: FaultRegistry;
  readonly admission: Admission;
  readonly operations: Record<Operation, Perform>;
}

export interface ArrivedRequest extends RoutedRequest {
  readonly authorization: string | undefined;
}

/** The service's answer. Synchronous: the operation has taken effect when this returns. */
export function answerOf(parts: GateParts, request: ArrivedRequest, record: OpenRecord): Answer {
  const { operation, channelArn, messageId } = request.route;
  try {
    checkAuthorization(request.authorization, parts.region);
    const bearer = bearerOf(operation, request.bearer);
    const caller = { operation, bearer, channelArn };
    parts.admission.charge(caller);
    const fault = parts.faults.take('service', { ...caller, messageId });
    if (fault) record.fault = fault.kind;
    if (fault && fault.applied !== 'after') throw scripted(fault, parts.settings);
    parts.admission.authorize(caller);
    const answer = parts.operations[operation]({ ...request, bearer });
    if (fault) throw scripted(fault, parts.settings);
    return answer;
  } catch (error) {
    return errorAnswer(refusalOf(error));
  }
}

/** The service's error for a thrown value. An error of the emulator itself becomes a 500 that shows it. */
export function refusalOf(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ServiceError('ServiceFailureException', `The emulator failed: ${shown}`);
}

function scripted(rule: FaultRule, settings: Settings): ServiceError {
  const status = rule.status ?? 500;
  const type = rule.errorType ?? errorTypeForStatus(status);
  return new ServiceError(type, rule.message ?? `A scripted ${status}.`, {
    status,
    retryAfterSeconds: rule.retryAfterSeconds ?? (status === 429 ? settings.retryAfterSeconds : undefined),
  });
}
