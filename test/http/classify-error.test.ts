// Errors as the SDK throws them, and what each means. A network failure is never a response of the service.

import { describe, expect, it } from '@jest/globals';
import { classifyError } from '../../src/http/classify-error.ts';
import { sdkError, serviceError, strangersError } from '../support/sdk-errors.ts';

const now = Date.UTC(2026, 0, 1);

describe('an error of the service', () => {
  it.each([
    ['BadRequestException', 400, 'invalid'],
    ['ValidationException', 400, 'invalid'],
    ['ResourceLimitExceededException', 400, 'invalid'],
    ['UnauthorizedClientException', 401, 'credentials'],
    ['Unknown', 401, 'credentials'],
    ['ForbiddenException', 403, 'forbidden'],
    ['AccessDeniedException', 403, 'forbidden'],
    ['Unknown', 403, 'forbidden'],
    ['ExpiredTokenException', 403, 'credentials'],
    ['ExpiredToken', 400, 'credentials'],
    ['UnrecognizedClientException', 403, 'credentials'],
    ['InvalidSignatureException', 403, 'credentials'],
    ['SignatureDoesNotMatch', 403, 'credentials'],
    ['InvalidClientTokenId', 403, 'credentials'],
    ['MissingAuthenticationToken', 403, 'credentials'],
    ['IncompleteSignature', 400, 'credentials'],
    ['RequestTimeTooSkewed', 403, 'clock-skew'],
    ['RequestExpired', 400, 'clock-skew'],
    ['NotFoundException', 404, 'not-found'],
    ['Unknown', 404, 'not-found'],
    ['ConflictException', 409, 'conflict'],
    ['Unknown', 405, 'client-error'],
    ['PayloadTooLargeException', 413, 'client-error'],
    ['ThrottledClientException', 429, 'throttled'],
    ['Unknown', 429, 'throttled'],
    ['ThrottlingException', 400, 'throttled'],
    ['TooManyRequestsException', 400, 'throttled'],
    ['RequestTimeout', 408, 'unreachable'],
    ['ServiceFailureException', 500, 'unreachable'],
    ['Unknown', 502, 'unreachable'],
    ['ServiceUnavailableException', 503, 'unreachable'],
    ['Unknown', 302, 'unreachable'],
  ])('%s %i means %s', (name, status, kind) => {
    const error = serviceError(name, status);
    expect(classifyError(error, now)).toEqual({ kind, error, retryAfterMs: undefined, attempts: undefined });
  });
});

describe('the error behind a proxy or captive portal', () => {
  it.each([
    ['a 400 page', strangersError('SyntaxError', 400)],
    ['a 401 page', strangersError('SyntaxError', 401)],
    ['a 403 page', strangersError('SyntaxError', 403)],
    ['a 404 page', strangersError('SyntaxError', 404)],
    ['a 404 page that carries a request id', serviceError('SyntaxError', 404)],
    ['a 404 with null as its body', serviceError('TypeError', 404)],
    ['a 200 page', strangersError('SyntaxError', 200)],
    ['JSON that names no error, with 400', strangersError('Unknown', 400)],
    ['JSON that names no error, with 401', strangersError('Unknown', 401)],
    ['JSON that names no error, with 403', strangersError('Unknown', 403)],
    ['JSON that names no error, with 404', strangersError('Unknown', 404)],
    ['a nameless error with 404', Object.assign(new Error('?'), { $metadata: { httpStatusCode: 404 } })],
    ['a login page in front of the proxy', strangersError('Unknown', 407)],
  ])('is a network failure: %s', (_name, error) => {
    expect(classifyError(error, now).kind).toBe('unreachable');
  });

  it.each([
    ['a network error in Chrome', new TypeError('Failed to fetch')],
    ['a network error in Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
    ['a reset connection', sdkError('Error', { code: 'ECONNRESET' })],
    ['a timeout', sdkError('TimeoutError')],
    ['nothing', undefined],
    ['null', null],
    ['text', 'no'],
    ['a symbol', Symbol('no')],
    ['an empty object', {}],
  ])('is a network failure: %s', (_name, error) => {
    expect(classifyError(error, now)).toEqual({
      kind: 'unreachable',
      error,
      retryAfterMs: undefined,
      attempts: undefined,
    });
  });

  it('is a network failure after an abort that is not ours (the http client knows its own)', () => {
    expect(classifyError(sdkError('AbortError'), now).kind).toBe('unreachable');
  });
});

describe('an error that is no response of the service', () => {
  it.each([
    ['of a browser', 'NotFoundError'],
    ['of a validating library', 'ValidationError'],
    ['of a parser', 'SyntaxError'],
  ])('%s is a network failure: %s', (_name, name) => {
    expect(classifyError(sdkError(name), now).kind).toBe('unreachable');
  });

  it.each([
    ['code that is a number', '404', 404],
    ['code that is a word', 'ROUTE_NOT_FOUND', 404],
    ['code that is a number', '403', 403],
    ['code that is a word', 'invalid_request', 400],
  ])('as a gateway’s JSON with its own %s is a network failure: %s, %i', (_name, name, status) => {
    expect(classifyError(strangersError(name, status), now).kind).toBe('unreachable');
  });

  it('with 404 that is not about a message is a refusal', () => {
    expect(classifyError(serviceError('UnknownOperationException', 404), now).kind).toBe('client-error');
  });

  it.each([
    ['ResourceNotFoundException', 400, 'credentials'],
    ['InvalidParameterException', 400, 'credentials'],
    ['AccessDenied', 403, 'credentials'],
    ['RequestExpired', 400, 'credentials'],
    ['TooManyRequestsException', 429, 'credentials'],
    ['InternalErrorException', 500, 'credentials'],
    ['TimeoutError', undefined, 'credentials'],
    ['Error', undefined, 'credentials'],
  ])('before the request has left, %s (%p) comes from the credentials provider', (name, status, kind) => {
    const error = sdkError(name, { $metadata: { httpStatusCode: status, requestId: 'of-cognito' } });
    expect(classifyError(error, now, 'credentials').kind).toBe(kind);
    expect(classifyError(error, now, 'client')).toMatchObject({ kind: 'unreachable', notDispatched: true });
  });

  it('that cannot even be read is a network failure', () => {
    const error = Object.defineProperty(new Error('?'), '$metadata', {
      get: () => {
        throw new Error('trap');
      },
    });
    expect(classifyError(error, now)).toEqual({ kind: 'unreachable', error });
  });
});

describe('the name of an error', () => {
  it('is enough if the status is hidden', () => {
    expect(classifyError(sdkError('ThrottledClientException'), now).kind).toBe('throttled');
    expect(classifyError(sdkError('CredentialsProviderError'), now).kind).toBe('credentials');
    expect(classifyError(sdkError('ExpiredTokenException'), now).kind).toBe('credentials');
    expect(classifyError(sdkError('NotFoundException'), now).kind).toBe('not-found');
    expect(classifyError(sdkError('ForbiddenException'), now).kind).toBe('forbidden');
  });

  it.each([400, 401, 403, 404, 409])('is required: a bare status %i may come from any server', (httpStatusCode) => {
    const error = Object.assign(new Error('client-error'), { $metadata: { httpStatusCode } });
    expect(classifyError(error, now).kind).toBe('unreachable');
  });

  it('is enough if CORS hides the request id', () => {
    expect(classifyError(strangersError('NotFoundException', 404), now).kind).toBe('not-found');
    expect(classifyError(strangersError('ForbiddenException', 403), now).kind).toBe('forbidden');
  });
});

describe('the attempts of the SDK', () => {
  it('are counted if the error has them', () => {
    expect(classifyError(serviceError('ServiceFailureException', 500, { attempts: 3 }), now).httpAttempts).toBe(3);
    expect(classifyError({ $metadata: { attempts: 'three' } }, now).httpAttempts).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    ['0.5', 500],
    [' 2 ', 2_000],
    ['-5', 0],
    ['Infinity', 60_000],
    ['9'.repeat(400), 60_000],
    ['86400', 60_000],
    [new Date(now + 9_000).toUTCString(), 9_000],
    [new Date(now - 9_000).toUTCString(), 0],
    [new Date(now + 1e12).toUTCString(), 60_000],
    ['', undefined],
    ['   ', undefined],
    ['soon', undefined],
    ['NaN', undefined],
  ])('%p is %p ms', (retryAfter, ms) => {
    expect(classifyError(serviceError('ThrottledClientException', 429, { retryAfter }), now).retryAfterMs).toBe(ms);
  });

  it('does not matter with a final response', () => {
    expect(
      classifyError(serviceError('NotFoundException', 404, { retryAfter: '7' }), now).retryAfterMs,
    ).toBeUndefined();
  });

  it('may be capitalized, and may be something other than text', () => {
    const error = (headers: unknown): object => ({
      name: 'ThrottlingException',
      $response: { statusCode: 429, headers },
    });
    expect(classifyError(error({ 'Retry-After': '3' }), now).retryAfterMs).toBe(3_000);
    for (const headers of [undefined, null, {}, { 'retry-after': ['3'] }])
      expect(classifyError(error(headers), now).retryAfterMs).toBeUndefined();
  });
});
