/**
 * How far a command's request has come, told by middlewares of its own: whether it has left at all, and if not, for whose
 * sake. What fails before that is not the service's answer, whatever it is called: a provider of credentials has errors of its
 * own (Cognito's ResourceNotFoundException, STS's AccessDenied), and the SDK hands them on as they are (measured). The
 * innermost one holds the request until it may leave: a signature is good for minutes.
 */
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import type { DispatchBlocker } from '../core/ports/http.ts';

type Handler = (args: unknown) => unknown;
type Middleware = (next: Handler, context: unknown) => Handler;

interface OpenCommand {
  readonly middlewareStack?: { add?(middleware: Middleware, options: object): void };
}

/** What neither Node nor a browser puts into a header. */
// oxlint-disable-next-line no-control-regex
const notForHeaders = /[^\t\x20-\x7e\x80-\xff]/;
/** Node's codes for a request that it does not even begin, such as ERR_INVALID_CHAR. */
const notBegun = /^ERR_(HTTP_)?(INVALID|UNESCAPED)_/;

const PREPARE = { name: 'chimeDeliveryPrepare', step: 'serialize', priority: 'high' };
const BUILD = { name: 'chimeDeliveryBuild', step: 'build', priority: 'high' };
const LEAVE = { name: 'chimeDeliveryDeparture', step: 'deserialize', priority: 'low' };

export class DispatchProbe {
  readonly #beforeDispatch: () => Promise<void> | undefined;
  #stage: 'unknown' | 'composed' | 'prepared' | 'built' | 'waits' | 'dispatched' = 'unknown';
  #context: unknown;
  #isOver = false;

  /** @param beforeDispatch called as each HTTP request is about to leave; it leaves when that resolves, or at once */
  constructor(beforeDispatch: () => Promise<void> | undefined) {
    this.#beforeDispatch = beforeDispatch;
  }

  /** Watches `command`, which serves once. A client that does not use its middleware (a test double) says nothing. */
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

  /** Whether the client uses the middlewares of a command. */
  get isWatched(): boolean {
    return this.#stage !== 'unknown';
  }

  get isDispatched(): boolean {
    return this.#stage === 'dispatched';
  }

  /** Whether it neither has left nor waits for its turn to. */
  get isStalled(): boolean {
    return this.isWatched && !this.isDispatched && this.#stage !== 'waits';
  }

  /** What keeps it from leaving, or has kept it; undefined where it may have left. */
  get blocker(): DispatchBlocker | undefined {
    if (this.#stage === 'unknown' || this.#stage === 'dispatched') return undefined;
    if (this.#stage === 'composed') return 'client';
    // The scheme is there when the provider has given an identity; what is missing from that is found by the signature.
    const scheme = asObject(asObject(asObject(this.#context)?.['__smithy_context'])?.['selectedHttpAuthScheme']);
    if (scheme === undefined) return this.#stage === 'prepared' ? 'credentials' : 'client';
    const { accessKeyId, secretAccessKey, token } = asObject(scheme['identity']) ?? {};
    return (isNonEmptyString(accessKeyId) && isNonEmptyString(secretAccessKey)) || isNonEmptyString(token)
      ? 'client'
      : 'credentials';
  }

  /** The attempt is over: what has not left by now must not leave any more. */
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
    const bad = unfitHeader(args);
    if (bad !== undefined) throw new TypeError(`The header ${bad} has a character that no header can have.`);
    const before = this.#stage;
    this.#stage = 'waits';
    await this.#beforeDispatch();
    this.#stage = before;
    if (this.#isOver) throw new Error('The request was given up before it left.');
    this.#stage = 'dispatched';
    try {
      return await next(args);
    } catch (error) {
      if (notBegun.test(String(asObject(error)?.['code']))) this.#stage = before;
      throw error;
    }
  }
}

function unfitHeader(args: unknown): string | undefined {
  return tryRead(
    () => undefined,
    () => {
      const headers = asObject(asObject(asObject(args)?.['request'])?.['headers']) ?? {};
      return Object.keys(headers).find((name) => notForHeaders.test(String(headers[name])));
    },
  );
}

/** Whether the client lacks what it needs beside credentials, which it asks for at the same moment: its region. */
export async function hasNoRegion(client: unknown): Promise<boolean> {
  try {
    const region = asObject(asObject(client)?.['config'])?.['region'];
    if (typeof region === 'function') await region();
    return false;
  } catch {
    return true;
  }
}
