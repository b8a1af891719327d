/** A request handler of the SDK that keeps the last answer as it came: the SDK's own result does not tell `{}` from `null`. */

/** A request as the SDK gives it to its handler. */
export interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a page would send with its requests, so that the service says which headers a page may read. */
const ORIGIN = 'https://example.com';

export class RecordingHandler {
  last: RawAnswer | undefined;

  async handle(request: SdkRequest): Promise<{ response: object }> {
    const { method, protocol, hostname, port, headers, body } = request;
    const url = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${targetOf(request)}`;
    const init = {
      method,
      headers: { ...headers, origin: ORIGIN },
      ...(method === 'GET' ? {} : { body: body as string }),
    };
    const answer = await fetch(url, init);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const received = Object.fromEntries(answer.headers);
    this.last = { status: answer.status, headers: received, body: new TextDecoder().decode(bytes) };
    return { response: { statusCode: answer.status, headers: received, body: bytes } };
  }
}

/** The path with its query. */
export function targetOf({ path, query = {} }: Pick<SdkRequest, 'path' | 'query'>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of [value].flat()) parameters.append(name, each ?? '');
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
