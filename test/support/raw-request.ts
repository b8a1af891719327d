// A request as no SDK would send it: for the emulator's response to malformed ones.

import type { ChimeEmulator } from '../../src/emulator/index.ts';

export interface RawRequest {
  method?: string;
  path: string;
  body?: string;
  /** Headers instead of the right ones; undefined omits one. */
  headers?: Record<string, string | undefined>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `TabMessage` of an error's body. */
  readonly message: string;
}

/** The Authorization header of a signature with this scope. */
export function signedFor(service = 'chime', region = 'us-east-1'): string {
  const scope = `AKIDEXAMPLE/20260101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}

export async function rawRequest(
  emulator: ChimeEmulator,
  { method = 'GET', path, body, headers = {} }: RawRequest,
): Promise<RawAnswer> {
  const all = { authorization: signedFor(), 'x-amz-chime-bearer': emulator.userArn('alice'), ...headers };
  const given = Object.entries(all).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, value]],
  );
  const response = await fetch(emulator.url + path, {
    method,
    headers: given,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const message = /"Message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? '';
  return { status: response.status, headers: response.headers, text, message };
}
