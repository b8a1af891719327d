// HTTP answers: the service's own, its errors, and those of a broken network in the service's place.

import type { FaultRule } from '../fault-rules.ts';
import { ServiceError } from '../service/service-error.ts';

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The error type, for the log. */
  readonly error?: string | undefined;
  /** Whether the service itself sends it, and so adds a request id, rather than a gateway. */
  readonly genuine: boolean;
}

export function jsonAnswer(status: number, body: unknown): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, body: body === undefined ? '' : JSON.stringify(body), headers, genuine: true };
}

/**
 * An error of the service. The SDK builds its class from the header; the body's `Code` alone would give the wrong one
 * (measured).
 */
export function errorAnswer({ name, message, status, retryAfterSeconds }: ServiceError): Answer {
  return {
    status,
    body: JSON.stringify({ Message: message, Code: name.replace(/(Client)?Exception$/, '') }),
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': name,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    error: name,
    genuine: true,
  };
}

const portal = '<!doctype html><html><head><title>Sign in</title></head><body>Sign in to the network</body></html>';

/** An answer of a gateway, proxy or captive portal. */
export function fakeGatewayAnswer(rule: FaultRule): Answer {
  const { kind, status = 200 } = rule;
  if (kind === 'gateway') return gatewayAnswer(rule);
  if (kind === 'no-content') return { status: 204, body: '', headers: {}, genuine: false };
  if (kind === 'html') return { status, body: portal, headers: { 'content-type': 'text/html' }, genuine: false };
  return { status, body: '', headers: {}, genuine: false };
}

/** The SDK uses the body's `code` as the exception's name (measured); nothing else makes it look like the service's. */
function gatewayAnswer({ status = 404, code = 'ResourceNotFound', message, contentType }: FaultRule): Answer {
  return {
    status,
    body: JSON.stringify({ code, message: message ?? `A gateway answers ${status}.` }),
    headers: { 'content-type': contentType ?? 'application/json' },
    genuine: false,
  };
}
