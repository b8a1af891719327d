/**
 * Where the request of one command is on its way through the client: seen by a middleware of its own, the innermost one, which
 * is also the last moment at which it can be kept from leaving.
 */

type Handler = (request: unknown) => unknown;

interface OpenCommand {
  readonly middlewareStack?: { add?(middleware: (next: Handler) => Handler, options: object): void };
}

export interface Departure {
  /** It is certain that nothing has left so far. A client that does not use a command's middleware leaves this false. */
  readonly stays: boolean;
  /** How often a request has left. A client may repeat one by itself. */
  readonly count: number;
  /** From now on nothing leaves: whoever asked for it waits no longer. */
  end(): void;
}

/** Watches `command`, which is new. */
export function watchDeparture(command: object): Departure {
  let isSeen = false;
  let hasEnded = false;
  let count = 0;
  (command as OpenCommand).middlewareStack?.add?.(
    (next) => {
      isSeen = true;
      return (request) => {
        // Credentials that come late, or a client that does not heed its abort signal.
        if (hasEnded) throw new Error('The request was called off before it left.');
        count += 1;
        return next(request);
      };
    },
    { name: 'chimeDeliverySendDeparture', step: 'deserialize', priority: 'low' },
  );
  return {
    get stays() {
      return isSeen && count === 0;
    },
    get count() {
      return count;
    },
    end: () => {
      hasEnded = true;
    },
  };
}
