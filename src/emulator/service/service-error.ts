// The service's errors, with a name and an HTTP status. `http/answer.ts` serializes them.

// The errors of the service's model, one for each status.
const modelled: Record<number, string> = {
  400: 'BadRequestException',
  401: 'UnauthorizedClientException',
  403: 'ForbiddenException',
  404: 'NotFoundException',
  409: 'ConflictException',
  429: 'ThrottledClientException',
  500: 'ServiceFailureException',
  503: 'ServiceUnavailableException',
};

// The errors of the gate in front of every AWS service, which no model lists.
const statusOfOthers: Record<string, number> = {
  AccessDeniedException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnknownOperationException: 404,
};

const statusByType: Record<string, number> = {
  ...Object.fromEntries(Object.entries(modelled).map(([status, type]) => [type, Number(status)])),
  ...statusOfOthers,
};

/** An error of the service: `name` is the error type, which the SDK turns into its class. */
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

/** The error type for a scripted fault with only an HTTP status. */
export function errorTypeForStatus(status: number): string {
  return modelled[status] ?? (status >= 500 ? 'ServiceFailureException' : 'BadRequestException');
}

/** A 400 that says what was wrong with the request. */
export function badRequest(message: string): ServiceError {
  return new ServiceError('BadRequestException', message);
}
