/**
 * One HTTP request on the app's client: without the SDK's own retries, and bounded in time whatever the client does with
 * the abort signal. What an error means is told by `trouble.ts`; whether to try again, by `road.ts`.
 */
import { RequestTimeoutError } from '../core/errors.ts';
import type { MessagingClient } from '../core/ports.ts';

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
): Promise<unknown> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new RequestTimeoutError(timeoutMs)), timeoutMs);
  const stopped = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = Promise.resolve(client.send(withoutRetries(command), { abortSignal: controller.signal }));
    // Whichever loses the race still ends; its rejection has been told by the winner.
    answer.catch(() => undefined);
    stopped.catch(() => undefined);
    return await Promise.race([stopped, answer]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Takes the SDK's retry middleware out of this one command (measured with 3.1142.0: one request instead of three on a
 * 500). The app's client stays as it is.
 */
function withoutRetries(command: OpenCommand): object {
  command.middlewareStack?.add?.((next) => next, {
    name: 'retryMiddleware',
    step: 'finalizeRequest',
    priority: 'high',
    override: true,
  });
  return command;
}
