/**
 * Whether an HTTP answer that is an error is the service's own word. Pure. A name proves nothing: the SDK takes any gateway's
 * body `code` for one. These do: the service's request id, or an error type in the header or in the body's `__type`.
 */
import { asObject, isNonEmptyString } from '../shared/unknown-json.ts';

// The names are those of AWS services with SigV4 in general; measured for this service: ExpiredTokenException (403).
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

/** What an error of this name means where the service says it. */
export function kindOfName(name: string): NamedKind | undefined {
  return kinds.find(([names]) => names.test(name))?.[1];
}

/** The error type that the service's header or the body's `__type` gives, where it is one that the service can give. */
export function errorTypeOf(error: unknown): string | undefined {
  const { $response, __type } = asObject(error) ?? {};
  for (const given of [headerOf($response, 'x-amzn-errortype'), __type]) {
    const type = isNonEmptyString(given) ? bare(given) : '';
    if (kindOfName(type) !== undefined) return type;
  }
  return undefined;
}

/** Whether the service, and nothing on the way to it, has said this. */
export function isFromService(error: unknown): boolean {
  const { name, code, Code, $metadata, $response } = asObject(error) ?? {};
  const { requestId, httpStatusCode } = asObject($metadata) ?? {};
  if (isNonEmptyString(requestId) || errorTypeOf(error) !== undefined) return true;
  // The SDK hands on each answer that it has read. Without one, a client of the app's own has made the error: as a class of
  // the service's, unless its name is only what some body gave as its code.
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

/** Without the namespace before it and the address after it. */
function bare(type: string): string {
  return (type.split(/[,:]/)[0] ?? '').replace(/^.*#/, '').trim();
}
