/**
 * The road to the service, whole: leave from the budget, one attempt, short retries by p-retry, and what each answer
 * means for the pace and for the suspension. What it means for a delivery is judged by whoever sent the errand.
 */
import { reasonOf } from '../core/abort.ts';
import type { Answer, Errand, Logger, MessagingClient, Permit, Priority, RequestKind, Road } from '../core/ports.ts';
import { toTrouble, type Trouble } from '../core/trouble.ts';
import { attempt } from './attempt.ts';
import { Budget, type BudgetPorts } from './budget.ts';
import { watchDeparture } from './departure.ts';
import type { RateLimit } from './pace.ts';
import { retry, type RetryOptions } from './retry.ts';

export interface RoadOptions extends BudgetPorts {
  readonly client: MessagingClient;
  readonly rateLimit: RateLimit;
  readonly retry: RetryOptions;
  readonly requestTimeoutMs: number;
  readonly logger: Logger | undefined;
  /** Leave from whoever keeps the budget that this one is a part of; undefined where there is nobody to ask. */
  readonly leave?:
    | ((chimeBearer: string, priority: Priority, signal: AbortSignal | undefined) => Promise<Permit | undefined>)
    | undefined;
  onRequests(kind: RequestKind, requests: number): void;
  onThrottled(chimeBearer: string, cost: Throttle, retryAfterMs: number | undefined): void;
}

interface Throttle {
  readonly requestsPerSecond: number;
  readonly pausedForMs: number;
}

export interface OpenRoad extends Road {
  /** Leave from the own budget alone. */
  acquireOwn(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
  /** The service has answered 429 to somebody else of this bearer. */
  throttle(chimeBearer: string, retryAfterMs: number | undefined): void;
  /** Others have just spent the budget. */
  empty(): void;
  /** A sign that things may have changed for the better. */
  hurry(): void;
  close(): void;
}

/** How an attempt failed, as something that can be thrown through p-retry. */
class Obstacle extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.kind, { cause: trouble.error });
    this.trouble = trouble;
  }
}

export function createRoad(options: RoadOptions): OpenRoad {
  const { client, requestTimeoutMs, logger } = options;
  const budget = new Budget(options.rateLimit, options);
  /** How often others have spent it. */
  let emptied = 0;

  async function request(errand: Errand): Promise<unknown> {
    const { chimeBearer, kind, signal } = errand;
    const ready = errand.onAttempt?.();
    if (ready instanceof Promise) await ready;
    if (signal.aborted) throw new Obstacle({ kind: 'aborted', error: reasonOf(signal) });
    options.onRequests(kind, 1);
    let stayed = (): boolean => false;
    try {
      const command = errand.command();
      stayed = watchDeparture(command);
      const output = await attempt(client, command, requestTimeoutMs, signal);
      book(kind, chimeBearer, attemptsOf(output));
      budget.answered(chimeBearer);
      return output;
    } catch (error) {
      if (signal.aborted) throw new Obstacle({ kind: 'aborted', error: reasonOf(signal) });
      const trouble = toTrouble(error, Date.now(), stayed());
      book(kind, chimeBearer, trouble.attempts);
      learn(chimeBearer, trouble);
      errand.onTrouble?.(trouble);
      logger?.debug(`chime-delivery: ${kind} request: ${trouble.kind}`, error);
      throw new Obstacle(trouble);
    }
  }

  /** The attempts that the SDK made beyond the one that it was given leave for. */
  function book(kind: RequestKind, chimeBearer: string, attempts: number | undefined): void {
    if (attempts === undefined || attempts <= 1) return;
    options.onRequests(kind, attempts - 1);
    budget.charge(chimeBearer, attempts - 1);
  }

  function learn(chimeBearer: string, { kind, error, retryAfterMs }: Trouble): void {
    if (kind === 'throttled') {
      options.onThrottled(chimeBearer, budget.throttle(chimeBearer, retryAfterMs), retryAfterMs);
    }
    if (kind === 'credentials') budget.refused(chimeBearer, error);
    else if (kind !== 'skew' && kind !== 'road') budget.answered(chimeBearer);
  }

  const acquireOwn: OpenRoad['acquireOwn'] = (...order) => budget.acquire(...order);

  async function acquireBoth(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    const own = await acquireOwn(chimeBearer, priority, signal);
    const before = emptied;
    try {
      const shared = await options.leave?.(chimeBearer, priority, signal);
      if (shared !== undefined) return both(own, shared);
    } catch (error) {
      own.refund();
      throw error;
    }
    if (emptied === before) return own;
    // Others have spent the budget meanwhile, and this leave with it.
    own.release();
    return acquireBoth(chimeBearer, priority, signal);
  }

  // Without anybody to ask it is the own leave itself, and takes no turn longer.
  const acquire = options.leave === undefined ? acquireOwn : acquireBoth;

  async function withLeave(errand: Errand, permit: Permit): Promise<unknown> {
    try {
      return await request(errand);
    } finally {
      permit.release();
    }
  }

  return {
    acquire,
    acquireOwn,
    throttle: (chimeBearer, retryAfterMs) => void budget.throttle(chimeBearer, retryAfterMs),
    empty: () => {
      emptied += 1;
      budget.empty();
    },

    async run(errand: Errand): Promise<Answer> {
      const { chimeBearer, priority, signal } = errand;
      let given = errand.permit;
      let skewed = false;
      const once = async (): Promise<unknown> => {
        const permit = given ?? (await acquire(chimeBearer, priority, signal));
        given = undefined;
        return withLeave(errand, permit);
      };
      const onceOrTwice = (): Promise<unknown> =>
        once().catch((error: unknown) => {
          // The answer to a signature whose time is off corrects the SDK's clock: the next one is right.
          if (skewed || !(error instanceof Obstacle) || error.trouble.kind !== 'skew') throw error;
          skewed = true;
          return once();
        });
      try {
        const again = (error: Error): boolean => error instanceof Obstacle && worthAnotherTry(error.trouble);
        const output = await (errand.once === true ? onceOrTwice() : retry(onceOrTwice, options.retry, signal, again));
        return { ok: true, output };
      } catch (error) {
        given?.refund();
        if (error instanceof Obstacle) {
          if (error.trouble.kind === 'skew') budget.refused(chimeBearer, error.trouble.error);
          return { ok: false, trouble: error.trouble };
        }
        if (signal.aborted) return { ok: false, trouble: { kind: 'aborted', error: reasonOf(signal) } };
        // Whatever else goes wrong here (a command that cannot be made, say) is no answer, and nothing is forgotten for it.
        return { ok: false, trouble: { kind: 'road', error } };
      }
    },

    hurry: () => budget.hurry(),

    close: () => budget.close(),
  };
}

function both(one: Permit, other: Permit): Permit {
  return {
    release: () => {
      one.release();
      other.release();
    },
    refund: () => {
      one.refund();
      other.refund();
    },
  };
}

/** Which troubles pass by themselves within seconds. The rest is for whoever sent the errand. */
function worthAnotherTry({ kind }: Trouble): boolean {
  return kind === 'road' || kind === 'throttled';
}

function attemptsOf(output: unknown): number | undefined {
  const attempts = (output as { $metadata?: { attempts?: unknown } } | undefined)?.$metadata?.attempts;
  return typeof attempts === 'number' ? attempts : undefined;
}
