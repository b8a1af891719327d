/**
 * Whether the service itself sent an HTTP error response. Pure. The error's name proves nothing: the SDK takes it from the
 * body's `code`, which any gateway can send. These prove it: the service's request id, or an error type in the header or
 * in the body's `__type`.
 */
import { asObject, isNonEmptyString } from '../shared/unknown-json.ts';

// The names that AWS services with SigV4 use in general; measured for this service: ExpiredTokenException (403).
const skewNames = /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)(Exception)?$/;
const credentialNames =
  /^(ExpiredToken|UnrecognizedClient|UnauthorizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidClientTokenId|InvalidAccessKeyId|InvalidToken|TokenRefreshRequired|IncompleteSignature|MissingAuthenticationToken|AuthFailure|NotAuthorized|CredentialsProvider|TokenProvider|Credentials)(Exception|Error)?$/;
const throttleNames =
  /^(ThrottledClient|Throttling|Throttled|RequestThrottled|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|LimitExceeded)(Exception|Error)?$/;

export type NamedKind = 'clock-skew' | 'credentials' | 'throttled' | 'invalid' | 'forbidden' | 'not-found' | 'conflict';

const kinds: readonly (readonly [RegExp, NamedKind])[] = [
  [skewNames, 'clock-skew'],
  [credentialNames, 'credentials'],
  [throttleNames, 'throttled'],
  [/^(BadRequest|Validation|Serialization|ResourceLimitExceeded)(Exception|Error)?$/, 'invalid'],
  [/^(Forbidden|AccessDenied)(Exception|Error)?$/, 'forbidden'],
  [/^(Resource)?NotFound(Exception|Error)?$/, 'not-found'],
  [/^Conflict(Exception|Error)?$/, 'conflict'],
];

/** What an error of this name means when the service sends it. */
export function kindOfName(name: string): NamedKind | undefined {
  return kinds.find(([names]) => names.test(name))?.[1];
}

/** The error type in the service's header or in the body's `__type`, if the service has such a type. */
export function errorTypeOf(error: unknown): string | undefined {
  const { $response, __type } = asObject(error) ?? {};
  for (const raw of [headerOf($response, 'x-amzn-errortype'), __type]) {
    const type = isNonEmptyString(raw) ? bareType(raw) : '';
    if (kindOfName(type) !== undefined) return type;
  }
  return undefined;
}

/** Whether the service sent this error, rather than a gateway or proxy on the way. */
export function isFromService(error: unknown): boolean {
  const { name, code, Code, $metadata, $response } = asObject(error) ?? {};
  const { requestId, httpStatusCode } = asObject($metadata) ?? {};
  if (isNonEmptyString(requestId) || errorTypeOf(error) !== undefined) return true;
  // The SDK attaches each response that it has read. An error without one comes from a client of the app's own: it is the
  // service's if it has a class name of the service's that is not just a copy of a body's `code`.
  if ($response !== undefined || !isNonEmptyString(name) || name === code || name === Code) return false;
  return name.endsWith('Exception') || (httpStatusCode === undefined && isOfCredentials(name));
}

function isOfCredentials(name: string): boolean {
  return skewNames.test(name) || credentialNames.test(name);
}

export function headerOf(response: unknown, name: string): unknown {
  const headers = asObject(asObject(response)?.['headers']) ?? {};
  return headers[name] ?? headers[Object.keys(headers).find((each) => each.toLowerCase() === name) ?? name];
}

/** The type without its namespace (`…#`) and its address (`:…`). */
function bareType(type: string): string {
  return (type.split(/[,:]/)[0] ?? '').replace(/^.*#/, '').trim();
}
