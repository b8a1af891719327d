// CORS, so that a page of any origin can use the emulator: the request headers that are allowed, and the response headers that
// the page may read.

import type { IncomingHttpHeaders } from 'node:http';

const allowed = /^(authorization|content-type|x-amz-.+|amz-sdk-.+)$/;

/** The headers of the answer to a preflight. Only the SDK's request headers are allowed. */
export function preflightHeaders(request: IncomingHttpHeaders): Record<string, string> {
  const asked = (request['access-control-request-headers'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, PUT, DELETE',
    'access-control-allow-headers': asked.filter((name) => allowed.test(name)).join(', '),
    'access-control-max-age': '600',
  };
}

/** The CORS headers of any other answer. */
export function corsHeaders(exposed: readonly string[]): Record<string, string> {
  return { 'access-control-allow-origin': '*', 'access-control-expose-headers': exposed.join(', ') };
}
