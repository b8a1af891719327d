/**
 * One HTTP request on the app's client, without the SDK's own retries (unless they are wanted). It ends within the time-out even if the client
 * ignores the abort signal. `classify-error.ts` classifies an error; `http-client.ts` decides whether to try again.
 */
import { abortReason } from '../shared/abort.ts';
import { RequestTimeoutError } from '../shared/errors.ts';
import type { MessagingClient } from '../shared/client.ts';
import { MAX_TIMER_MS } from '../shared/time.ts';

/** The time-out of an attempt: it stops while the request waits for a token, and restarts as the request goes out. */
export class AttemptTimer {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #start = (): void => undefined;

  /** Calls `onTimeout` once, `ms` after the last start. */
  begin(ms: number, onTimeout: () => void): void {
    this.#start = () => {
      this.stop();
      this.#timer = setTimeout(onTimeout, Math.min(ms, MAX_TIMER_MS));
    };
    this.#start();
  }

  restart(): void {
    this.#start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    this.stop();
    this.#start = () => undefined;
  }
}

interface OpenCommand {
  readonly middlewareStack?: { add?(middleware: (next: unknown) => unknown, options: object): void };
}

/**
 * Makes one request. Rejects with the client's error, with `RequestTimeoutError` after `timeoutMs`, or with the signal's
 * reason.
 */
export async function attempt(
  client: MessagingClient,
  command: object,
  timeoutMs: number,
  signal: AbortSignal,
  timer: AttemptTimer = new AttemptTimer(),
  keepsSdkRetry = false,
): Promise<unknown> {
  if (signal.aborted) throw abortReason(signal);
  const controller = new AbortController();
  let stop = (_reason: unknown): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (reason) => {
      // In this order: otherwise the client's own abort error would win the race.
      reject(reason);
      controller.abort(reason);
    };
  });
  const onAbort = (): void => stop(abortReason(signal));
  timer.begin(timeoutMs, () => stop(new RequestTimeoutError(timeoutMs)));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const response = Promise.resolve(
      client.send(keepsSdkRetry ? command : disableSdkRetry(command), { abortSignal: controller.signal }),
    );
    // The loser of the race may still reject; its rejection must not count as unhandled.
    response.catch(() => undefined);
    stopped.catch(() => undefined);
    return await Promise.race([stopped, response]);
  } finally {
    timer.end();
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Replaces the SDK's retry middleware for this one command (measured with 3.1142.0: one request instead of three on a
 * 500). The app's client is not changed.
 */
function disableSdkRetry(command: OpenCommand): object {
  command.middlewareStack?.add?.((next) => next, {
    name: 'retryMiddleware',
    step: 'finalizeRequest',
    priority: 'high',
    override: true,
  });
  return command;
}
