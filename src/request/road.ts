/**
 * The road to the service, whole: leave from the budget, one attempt, short retries by p-retry, and what each answer
 * means for the pace and for the suspension. What it means for a delivery is judged by whoever sent the errand.
 */
import { reasonOf } from '../core/abort.ts';
import { asRecord, isText, readOr } from '../core/as-record.ts';
import type { Answer, Errand, Logger, MessagingClient, Permit, Priority, RequestKind, Road } from '../core/ports.ts';
import { toTrouble, type Trouble } from '../core/trouble.ts';
import { Budget, type BudgetPorts } from './budget.ts';
import type { RateLimit } from './pace.ts';
import { Permits, type AskShared } from './permits.ts';
import { Requester } from './requester.ts';
import { retry, type RetryOptions } from './retry.ts';

export interface RoadOptions extends BudgetPorts {
  readonly client: MessagingClient;
  readonly rateLimit: RateLimit;
  readonly retry: RetryOptions;
  readonly requestTimeoutMs: number;
  readonly logger: Logger | undefined;
  /** Leave from whoever keeps the budget that this one is a part of; undefined where there is nobody to ask. */
  readonly leave?: AskShared | undefined;
  /** HTTP requests have left, each attempt counted. */
  onRequests(kind: RequestKind, requests: number): void;
  /** The client cannot make a request; told at each try. */
  onUnusable(chimeBearer: string, error: unknown): void;
  onThrottled(chimeBearer: string, cost: Throttle, retryAfterMs: number | undefined): void;
}

interface Throttle {
  readonly requestsPerSecond: number;
  readonly pausedForMs: number;
}

export interface OpenRoad extends Road {
  /** Leave from the own budget alone, for a request that another makes: counted as one that leaves now. */
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
  const { client, logger } = options;
  const budget = new Budget(options.rateLimit, options);
  const permits = new Permits(budget, options.leave);

  const requester = new Requester({
    client,
    requestTimeoutMs: options.requestTimeoutMs,
    onRequests: (kind, requests) => options.onRequests(kind, requests),
    onHeldUp: (chimeBearer, stay, error) => {
      if (stay === 'credentials') budget.refused(chimeBearer, error);
      else options.onUnusable(chimeBearer, error);
    },
  });

  async function request(errand: Errand, permit: Permit): Promise<unknown> {
    const { chimeBearer, kind, signal } = errand;
    let isUsed = false;
    try {
      if (signal.aborted) throw new Obstacle({ kind: 'aborted', error: reasonOf(signal) });
      const attempted = await requester.make(errand, permit);
      const { departures } = attempted;
      const stay = attempted.ok ? undefined : attempted.stay;
      // What the client cannot make costs its permit, so that it is tried no faster than the service would be asked.
      isUsed = departures > 0 || (stay === 'client' && !signal.aborted);
      if (attempted.ok) {
        book(kind, chimeBearer, attemptsOf(attempted.output), departures);
        if (isFromService(attempted.output)) budget.answered(chimeBearer);
        return attempted.output;
      }
      const { error } = attempted;
      if (signal.aborted) throw new Obstacle({ kind: 'aborted', error: reasonOf(signal) });
      const trouble = toTrouble(error, Date.now(), stay);
      book(kind, chimeBearer, trouble.attempts, departures);
      learn(chimeBearer, trouble);
      errand.onTrouble?.(trouble);
      logger?.debug(`chime-delivery: ${kind} request: ${trouble.kind}`, error);
      throw new Obstacle(trouble);
    } finally {
      if (isUsed) permit.release();
      else permit.refund();
    }
  }

  /** The attempts that the SDK made beyond those that were counted as they left. */
  function book(kind: RequestKind, chimeBearer: string, attempts: number | undefined, departures: number): void {
    const more = (attempts ?? 0) - Math.max(1, departures);
    if (more <= 0) return;
    options.onRequests(kind, more);
    budget.charge(chimeBearer, more);
  }

  function learn(chimeBearer: string, { kind, error, stayed, byGateway, retryAfterMs }: Trouble): void {
    if (kind === 'road' && stayed === true) options.onUnusable(chimeBearer, error);
    if (kind === 'throttled') {
      options.onThrottled(chimeBearer, budget.throttle(chimeBearer, retryAfterMs), retryAfterMs);
    }
    if (kind === 'credentials') budget.refused(chimeBearer, error);
    else if (kind !== 'skew' && kind !== 'road' && byGateway !== true) budget.answered(chimeBearer);
  }

  return {
    acquire: (...order) => permits.acquire(...order),
    acquireOwn: (...order) => permits.acquireForOther(...order),
    throttle: (chimeBearer, retryAfterMs) => void budget.throttle(chimeBearer, retryAfterMs),
    empty: () => permits.empty(),

    async run(errand: Errand): Promise<Answer> {
      const { chimeBearer, priority, signal } = errand;
      let given = errand.permit;
      let skewed = false;
      const once = async (): Promise<unknown> => {
        const permit = given ?? (await permits.acquire(chimeBearer, priority, signal));
        given = undefined;
        return request(errand, permit);
      };
      const onceOrTwice = async (): Promise<unknown> => {
        try {
          return await once();
        } catch (error) {
          // The answer to a signature whose time is off corrects the SDK's clock: the next one is right.
          if (skewed || !(error instanceof Obstacle) || error.trouble.kind !== 'skew') throw error;
          skewed = true;
          return once();
        }
      };
      try {
        const output = await (errand.once === true
          ? onceOrTwice()
          : retry(onceOrTwice, options.retry, signal, worthAnotherTry));
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

/** Which troubles pass by themselves within seconds. The rest is for whoever sent the errand. */
function worthAnotherTry(error: Error): boolean {
  if (!(error instanceof Obstacle)) return false;
  const { kind, stayed } = error.trouble;
  return (kind === 'road' && stayed !== true) || kind === 'throttled';
}

function attemptsOf(output: unknown): number | undefined {
  const attempts = readOr<unknown>(
    () => undefined,
    () => asRecord(asRecord(output)?.['$metadata'])?.['attempts'],
  );
  return typeof attempts === 'number' ? attempts : undefined;
}

/** Whether an output is more than the nothing that a proxy can give. A client that gives no metadata is no SDK's. */
function isFromService(output: unknown): boolean {
  return readOr(
    () => false,
    () => {
      const fields = asRecord(output) ?? {};
      const { $metadata } = fields;
      if ($metadata === undefined || isText(asRecord($metadata)?.['requestId'])) return true;
      return Object.keys(fields).some((name) => name !== '$metadata' && fields[name] !== undefined);
    },
  );
}
