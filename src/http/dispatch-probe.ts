/**
 * Follows the request of one command through the SDK's middleware stack: whether it was dispatched, and what blocked it
 * if not. An error before dispatch is no answer of the service, whatever its name is: a credentials provider has its own
 * errors (Cognito's ResourceNotFoundException, STS's AccessDenied), and the SDK passes them on unchanged (measured). The
 * innermost middleware holds the signed request until it may go out: a signature is valid for minutes.
 */
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import type { DispatchBlocker } from '../core/ports/http.ts';

type Handler = (args: unknown) => unknown;
type Middleware = (next: Handler, context: unknown) => Handler;

interface OpenCommand {
  readonly middlewareStack?: { add?(middleware: Middleware, options: object): void };
}

/** Characters that neither Node nor a browser accepts in a header. */
// oxlint-disable-next-line no-control-regex
const notForHeaders = /[^\t\x20-\x7e\x80-\xff]/;
/** Node's error codes for a request that it does not start, such as ERR_INVALID_CHAR. */
const notStarted = /^ERR_(HTTP_)?(INVALID|UNESCAPED)_/;

const PREPARE = { name: 'chimeDeliveryPrepare', step: 'serialize', priority: 'high' };
const BUILD = { name: 'chimeDeliveryBuild', step: 'build', priority: 'high' };
const LEAVE = { name: 'chimeDeliveryDeparture', step: 'deserialize', priority: 'low' };

export class DispatchProbe {
  readonly #beforeDispatch: () => Promise<void> | undefined;
  #stage: 'unknown' | 'composed' | 'prepared' | 'built' | 'waits' | 'dispatched' = 'unknown';
  #context: unknown;
  #isOver = false;

  /** @param beforeDispatch called before each HTTP request; the request goes out when the promise resolves, or at once */
  constructor(beforeDispatch: () => Promise<void> | undefined) {
    this.#beforeDispatch = beforeDispatch;
  }

  /** Watches `command`, which serves once. A client that runs no middleware (a test double) cannot be watched. */
  watch(command: object): void {
    const { middlewareStack } = command as OpenCommand;
    middlewareStack?.add?.((next, context) => {
      this.#stage = 'composed';
      this.#context = context;
      return this.#passing('prepared', next);
    }, PREPARE);
    middlewareStack?.add?.((next) => this.#passing('built', next), BUILD);
    middlewareStack?.add?.((next) => (args) => this.#dispatch(next, args), LEAVE);
  }

  /** Whether the client runs the command's middleware. */
  get isWatched(): boolean {
    return this.#stage !== 'unknown';
  }

  get isDispatched(): boolean {
    return this.#stage === 'dispatched';
  }

  /** Whether the request is neither dispatched nor waiting for a token. */
  get isStalled(): boolean {
    return this.isWatched && !this.isDispatched && this.#stage !== 'waits';
  }

  /** What blocks or blocked the dispatch; undefined if the request may have been dispatched. */
  get blocker(): DispatchBlocker | undefined {
    if (this.#stage === 'unknown' || this.#stage === 'dispatched') return undefined;
    if (this.#stage === 'composed') return 'client';
    // The scheme is set once the provider has given an identity; the signer finds out whether the identity is complete.
    const scheme = asObject(asObject(asObject(this.#context)?.['__smithy_context'])?.['selectedHttpAuthScheme']);
    if (scheme === undefined) return this.#stage === 'prepared' ? 'credentials' : 'client';
    const { accessKeyId, secretAccessKey, token } = asObject(scheme['identity']) ?? {};
    return (isNonEmptyString(accessKeyId) && isNonEmptyString(secretAccessKey)) || isNonEmptyString(token)
      ? 'client'
      : 'credentials';
  }

  /** The attempt is over: its request must not go out any more. */
  end(): void {
    this.#isOver = true;
  }

  #passing(stage: 'prepared' | 'built', next: Handler): Handler {
    return (args) => {
      this.#stage = stage;
      return next(args);
    };
  }

  async #dispatch(next: Handler, args: unknown): Promise<unknown> {
    const invalid = invalidHeader(args);
    if (invalid !== undefined) throw new TypeError(`The header ${invalid} has a character that headers must not have.`);
    const before = this.#stage;
    this.#stage = 'waits';
    await this.#beforeDispatch();
    this.#stage = before;
    if (this.#isOver) throw new Error('The request was abandoned before it was dispatched.');
    this.#stage = 'dispatched';
    try {
      return await next(args);
    } catch (error) {
      if (notStarted.test(String(asObject(error)?.['code']))) this.#stage = before;
      throw error;
    }
  }
}

function invalidHeader(args: unknown): string | undefined {
  return tryRead(
    () => undefined,
    () => {
      const headers = asObject(asObject(asObject(args)?.['request'])?.['headers']) ?? {};
      return Object.keys(headers).find((name) => notForHeaders.test(String(headers[name])));
    },
  );
}

/** Whether the client has no region. It resolves the region at the same step as the credentials. */
export async function hasNoRegion(client: unknown): Promise<boolean> {
  try {
    const region = asObject(asObject(client)?.['config'])?.['region'];
    if (typeof region === 'function') await region();
    return false;
  } catch {
    return true;
  }
}
