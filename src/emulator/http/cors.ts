// CORS, so that a page of any origin can talk to the emulator: which request headers are allowed, which response headers
// the page may read.

import type { IncomingHttpHeaders } from 'node:http';

const allowed = /^(authorization|content-type|x-amz-.+|amz-sdk-.+)$/;

/** The headers of the answer to a preflight. Of the headers asked for, those of the SDK are allowed and no others. */
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
