/**
 * Whether a command's request has left at all: told by a middleware of its own, the innermost one. What fails before that
 * is not the service's answer, whatever it is called: a provider of credentials has errors of its own (Cognito's
 * ResourceNotFoundException, STS's AccessDenied), and the SDK hands them on as they are (measured).
 */

type Handler = (request: unknown) => unknown;

interface OpenCommand {
  readonly middlewareStack?: { add?(middleware: (next: Handler) => Handler, options: object): void };
}

/** Watches `command`; the answer says whether it is certain that its request never left. */
export function watchDeparture(command: object): () => boolean {
  // A client that does not use the command's middleware (a test double) says nothing.
  let stayed = false;
  (command as OpenCommand).middlewareStack?.add?.(
    (next) => {
      stayed = true;
      return (request) => {
        stayed = false;
        return next(request);
      };
    },
    { name: 'chimeDeliveryDeparture', step: 'deserialize', priority: 'low' },
  );
  return () => stayed;
}
