// The service's refusals, as values with a name and an HTTP status. How they look on the wire is `http/answer.ts`'s.

const statusByType: Record<string, number> = {
  BadRequestException: 400,
  ResourceLimitExceededException: 400,
  UnauthorizedClientException: 401,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  ForbiddenException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  NotFoundException: 404,
  UnknownOperationException: 404,
  ConflictException: 409,
  ThrottledClientException: 429,
  ServiceFailureException: 500,
  ServiceUnavailableException: 503,
};

/** A refusal by the service: `name` is the error type that the SDK turns into its class. */
export class ServiceError extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(type: string, message: string, extra: { status?: number; retryAfterSeconds?: number | undefined } = {}) {
    super(message);
    this.name = type;
    this.status = extra.status ?? statusByType[type] ?? 500;
    this.retryAfterSeconds = extra.retryAfterSeconds;
  }
}

/** The error type that goes with an HTTP status when a script names only the status. */
export function errorTypeForStatus(status: number): string {
  const known = Object.entries(statusByType).find(
    ([type, its]) => its === status && !/Resource|Access|Expired|InvalidSig|Missing|UnknownOp/.test(type),
  );
  return known?.[0] ?? (status >= 500 ? 'ServiceFailureException' : 'BadRequestException');
}

/** A 400 that says what was wrong with the request. */
export function badRequest(message: string): ServiceError {
  return new ServiceError('BadRequestException', message);
}
