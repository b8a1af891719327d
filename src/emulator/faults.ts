// The frequent faults, by name: each makes a rule for `emulator.fault(...)`. The argument narrows or changes the rule.

import type { FaultRule } from './fault-rules.ts';

type Narrowing = Partial<Omit<FaultRule, 'kind'>>;
type FaultMaker = (more?: Narrowing) => FaultRule;

function error(status: number, errorType: string, message: string): FaultMaker {
  return (more = {}) => ({ kind: 'error', status, errorType, message, ...more });
}

export const faults: {
  /** 429 ThrottledClientException. */
  readonly throttled: FaultMaker;
  /** 500 ServiceFailureException. */
  readonly serverError: FaultMaker;
  /** 503 ServiceUnavailableException. */
  readonly unavailable: FaultMaker;
  /** 403 ForbiddenException: no permission. */
  readonly forbidden: FaultMaker;
  /** 400 BadRequestException. */
  readonly badRequest: FaultMaker;
  /** 409 ConflictException. */
  readonly conflict: FaultMaker;
  /** 401 UnauthorizedClientException. */
  readonly unauthorized: FaultMaker;
  /** 403 ExpiredTokenException, as for expired credentials. */
  readonly expiredToken: FaultMaker;
  /** The connection is reset. With `applied: 'after'` the operation takes effect, and its answer is lost. */
  readonly reset: FaultMaker;
  /** No answer ever comes. */
  readonly hang: FaultMaker;
  /** The answer comes `delayMs` late. */
  readonly slow: (delayMs: number, more?: Narrowing) => FaultRule;
  /** 200 with zero bytes and no request id. */
  readonly emptyAnswer: FaultMaker;
  /** 204 with no request id. */
  readonly noContent: FaultMaker;
  /** 200 with a page of HTML and no request id. */
  readonly html: FaultMaker;
  /** A gateway's own refusal, in JSON with this `code`, such as 404 'ResourceNotFound', 403 'AccessDenied', 400 'BadRequest'. */
  readonly gateway: (status: number, code: string, more?: Narrowing) => FaultRule;
} = {
  throttled: error(429, 'ThrottledClientException', 'Rate exceeded.'),
  serverError: error(500, 'ServiceFailureException', 'The service encountered an unexpected error.'),
  unavailable: error(503, 'ServiceUnavailableException', 'The service is currently unavailable.'),
  forbidden: error(403, 'ForbiddenException', 'The client is permanently forbidden from making the request.'),
  badRequest: error(400, 'BadRequestException', 'The input parameters do not match the constraints.'),
  conflict: error(409, 'ConflictException', 'The request could not be processed because of a conflict.'),
  unauthorized: error(
    401,
    'UnauthorizedClientException',
    'The client is not currently authorized to make the request.',
  ),
  expiredToken: error(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
  reset: (more = {}) => ({ kind: 'reset', ...more }),
  hang: (more = {}) => ({ kind: 'hang', ...more }),
  slow: (delayMs, more = {}) => ({ kind: 'slow', delayMs, ...more }),
  emptyAnswer: (more = {}) => ({ kind: 'empty', ...more }),
  noContent: (more = {}) => ({ kind: 'no-content', ...more }),
  html: (more = {}) => ({ kind: 'html', ...more }),
  gateway: (status, code, more = {}) => ({ kind: 'gateway', status, code, ...more }),
};
