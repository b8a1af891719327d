// The HTTP client between a device and the service: an SDK client without sockets. It takes time, and active spells
// take effect here: requests and responses get lost, late or repeated, or a server that is not the service responds.

import type { MessagingClient } from 'chime-delivery';
import { sdkError, strangersError } from '../support/sdk-errors.ts';
import type { Machine, VirtualTime } from './clock.ts';
import type { Dice } from './dice.ts';
import type { Plan, SpellKind } from './plan.ts';
import { callOf, type Call, type Service, type ServiceTrouble } from './service.ts';
import type { Trace } from './trace.ts';
import type { Strike, Conditions } from './conditions.ts';

/** The response of a client, and when it came. */
export interface ClientAnswer {
  readonly call: Call;
  readonly at: number;
  /** The name of the error, if it was one. */
  readonly refusal: string | undefined;
  /** Whether it came from the service itself. */
  readonly own: boolean;
}

/** A request that left, and when, in the time of the world. */
export interface Dispatch {
  readonly call: Call;
  readonly at: number;
  /** Requests of this bearer that were in flight when it left, itself included. */
  readonly underWay: number;
}

export interface NetworkParts {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly conditions: Conditions;
  readonly service: Service;
  readonly trace: Trace;
}

export interface ClientOptions {
  readonly device: number;
  /** The sender of these requests, as in the service's log. */
  readonly name: string;
  readonly machine: Machine;
  readonly byTracker: boolean;
  /** A client that ignores aborts. */
  readonly ignoresAbort: boolean;
}

/** An SDK client of one device. It records the requests that left by it. */
export class SimulatedClient implements MessagingClient {
  readonly dispatches: Dispatch[] = [];
  /** Responses that their sender has waited for. */
  readonly answers: ClientAnswer[] = [];
  /** What was sent in requests that may have arrived, as far as their sender can know. */
  readonly mayHaveLeft: Set<string> = new Set();
  /** Requests without a response yet that were not aborted. */
  open = 0;
  readonly #parts: NetworkParts;
  readonly #options: ClientOptions;
  readonly #underWay = new Map<string, number>();

  constructor(parts: NetworkParts, options: ClientOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  send(command: object, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<unknown> {
    const call = callOf(command);
    return new Promise((resolve, reject) => {
      const done = this.#depart(call);
      let isAborted = false;
      const answer = (say: () => void): void => {
        done();
        say();
      };
      abortSignal?.addEventListener('abort', () => {
        isAborted = true;
        // Its sender does not wait for the response that would say that it was never connected.
        if (done()) this.mayHaveLeft.add(textOf(call));
        if (!this.#options.ignoresAbort) reject(sdkError('AbortError'));
      });
      this.#travel(call, {
        isHeard: () => !isAborted,
        resolve: (output) => answer(() => resolve(output)),
        reject: (error) => answer(() => reject(error)),
      });
    });
  }

  /** Returns the function that ends it, which returns whether it had not ended before. */
  #depart(call: Call): () => boolean {
    const { bearer } = call;
    const underWay = (this.#underWay.get(bearer) ?? 0) + 1;
    this.#underWay.set(bearer, underWay);
    this.open += 1;
    this.dispatches.push({ call, at: this.#parts.time.now, underWay });
    let over = false;
    return () => {
      if (over) return false;
      over = true;
      this.open -= 1;
      this.#underWay.set(bearer, (this.#underWay.get(bearer) ?? 1) - 1);
      return true;
    };
  }

  #travel(call: Call, client: Ending): void {
    const { conditions, dice, time } = this.#parts;
    const { device } = this.#options;
    const strike = conditions.strike(device, call);
    this.#note(() => `-> ${this.#show(call)}${strike === undefined ? '' : ` (${strike})`}`);
    const there = this.#travelMs(strike);
    const back = this.#travelMs(strike);
    if (strike === 'unreachable') return this.#give(client, dice.between(0, 30), call, { error: refused() });
    this.mayHaveLeft.add(textOf(call));
    if (strike !== undefined && strike in strangers) {
      const tell = strangers[strike as keyof typeof strangers];
      return this.#give(client, there + back, call, tell(dice));
    }
    if (strike === 'offline') return this.#give(client, dice.between(0, 30), call, { error: noNetwork(dice) });
    const isLost = strike === 'lossy' || strike === 'hanging' || strike === 'lost-answer';
    if (isLost && strike !== 'lost-answer' && dice.chance(0.5)) {
      // On its way there.
      return strike === 'lossy' ? this.#give(client, there, call, { error: lost(dice) }) : undefined;
    }
    const failure = strike && strike !== 'lost-answer' ? serviceFaults[strike]?.(dice) : undefined;
    time.after(there, () => {
      const said = this.#ask(call, failure);
      if (strike === 'hanging') return;
      this.#give(client, back, call, isLost ? { error: lost(dice) } : { ...said, own: true });
      // A proxy did not get the response in time, and repeated a request that was already done.
      if (strike === 'repeating' && 'output' in said) {
        time.after(dice.across(1, 3_000), () => this.#ask(call, undefined));
      }
    });
  }

  #ask(call: Call, failure: ServiceTrouble | undefined): Said {
    const { name, byTracker } = this.#options;
    try {
      return { output: this.#parts.service.answer(call, name, byTracker, failure) };
    } catch (error) {
      return { error };
    }
  }

  #give(client: Ending, ms: number, call: Call, said: Said): void {
    const arrive = (): void => {
      this.#note(() => `<- ${this.#show(call)}: ${shown(said)}`);
      const refusal = 'error' in said ? (said.error as Error).name : undefined;
      if (client.isHeard()) this.answers.push({ call, at: this.#parts.time.now, refusal, own: said.own ?? false });
      if ('output' in said) client.resolve(said.output);
      else client.reject(said.error);
    };
    this.#parts.time.after(ms, arrive, this.#options.machine);
  }

  #travelMs(strike: Strike | undefined): number {
    const { dice, plan } = this.#parts;
    const slowness = strike === 'slow' ? dice.across(100, 20_000) : 0;
    return Math.ceil(plan.latencyMs / 2) + (plan.jitterMs === 0 ? 0 : dice.between(0, plan.jitterMs)) + slowness;
  }

  #show({ operation, messageId, input }: Call): string {
    const { trace } = this.#parts;
    const what = operation.replace(/(Channel)?Message(s?)/, '');
    const by = this.#options.byTracker ? '' : "the app's own ";
    if (operation !== 'SendChannelMessage') return `${by}${what} ${trace.name('m', messageId)}`;
    return `${by}${what} ${String(input['Content'])} ${trace.name('t', String(input['ClientRequestToken']))}`;
  }

  #note(say: () => string): void {
    this.#parts.trace.note(this.#options.machine, say);
  }
}

interface Ending {
  /** Whether its sender still waits for the response. */
  readonly isHeard: () => boolean;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Said = ({ readonly output: object } | { readonly error: unknown }) & {
  /** It comes from the service itself. */
  readonly own?: boolean;
};

/** Names of gateways' own refusals, the service's own among them. */
const gatewayCodes: readonly (readonly [string, number])[] = [
  ['ResourceNotFound', 404],
  ['NotFoundException', 404],
  ['NotFoundError', 404],
  ['NotFound', 404],
  ['AccessDenied', 403],
  ['AccessDeniedException', 403],
  ['ForbiddenException', 403],
  ['BadRequest', 400],
  ['BadRequestException', 400],
  ['ValidationException', 400],
  ['NotAuthorized', 401],
  ['Conflict', 409],
];

/** The response of a server that is not the service. */
const strangers = {
  'gateway-codes': (dice: Dice) => {
    const [name, status] = dice.pick(gatewayCodes);
    // The SDK uses the code as the name, and keeps the fields of the body.
    return {
      error: sdkError(name, {
        code: name,
        $metadata: { httpStatusCode: status },
        $response: { statusCode: status, headers: {} },
      }),
    };
  },
  portal: () => ({ error: html(200) }),
  blank: (dice: Dice) => ({ output: { $metadata: { httpStatusCode: dice.pick([200, 204]) } } }),
  'bad-gateway': (dice: Dice) => ({ error: dice.pick([strangersError('Unknown', 502), html(503), html(504)]) }),
  'proxy-forbids': (dice: Dice) => ({ error: dice.pick([html(403), html(401), html(407)]) }),
  'proxy-404': (dice: Dice) => ({ error: dice.pick([strangersError('Unknown', 404), html(404)]) }),
} satisfies Partial<Record<SpellKind, (dice: Dice) => Said>>;

const serviceFaults: Partial<Record<SpellKind, (dice: Dice) => ServiceTrouble>> = {
  'server-errors': (dice) => ({
    ...dice.pick([
      { name: 'ServiceFailureException', status: 500 },
      { name: 'ServiceUnavailableException', status: 503 },
    ]),
    applied: dice.chance(0.4),
  }),
  throttled: () => ({ name: 'ThrottledClientException', status: 429, applied: false }),
  expired: (dice) => ({
    ...dice.pick([
      { name: 'ExpiredTokenException', status: 403 },
      { name: 'UnrecognizedClientException', status: 403 },
      { name: 'UnauthorizedClientException', status: 401 },
      { name: 'InvalidSignatureException', status: 403 },
    ]),
    applied: false,
  }),
  skewed: () => ({ name: 'RequestTimeTooSkewed', status: 403, applied: false }),
  stale: () => 'stale',
  refusing: () => ({ name: 'ForbiddenException', status: 403, applied: false }),
  'forbidden-moment': () => ({ name: 'ForbiddenException', status: 403, applied: false }),
  conflicts: (dice) => ({ name: 'ConflictException', status: 409, applied: dice.chance(0.5) }),
};

/** A page of HTML, as the SDK reports it. */
function html(httpStatusCode: number): Error {
  return Object.assign(new SyntaxError('Unexpected token <'), { $metadata: { httpStatusCode } });
}

/** A lost response, as in Node or in a browser. */
function lost(dice: Dice): Error {
  return dice.chance(0.5) ? new TypeError('Failed to fetch') : reset();
}

function textOf({ input }: Call): string {
  return String(input['Content']);
}

function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

/** No connection was made: as Node reports it. */
function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
}

function noNetwork(dice: Dice): Error {
  return dice.pick([new TypeError('Failed to fetch'), reset(), refused()]);
}

function shown(said: Said): string {
  if ('error' in said) return said.error instanceof Error ? said.error.name : String(said.error);
  const { $metadata: _metadata, ...output } = said.output as Record<string, unknown>;
  if (Array.isArray(output['ChannelMessages'])) return `${output['ChannelMessages'].length} rows`;
  const { Status } = (output['ChannelMessage'] ?? output) as { Status?: { Value?: string } | null };
  return Status?.Value ?? (Object.keys(output).length === 0 ? '{}' : JSON.stringify(Status ?? null));
}
