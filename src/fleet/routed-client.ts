/** One client for all bearers: each command goes to the client of its own bearer. */
import type { MessagingClient } from '../shared/client.ts';
import { asObject } from '../shared/unknown-json.ts';

export function routedClient(clientFor: (chimeBearer: string) => MessagingClient): MessagingClient {
  return {
    // Async, so that a `clientFor` that throws rejects.
    send: async (command: object, options) => {
      const bearer = asObject(asObject(command)?.['input'])?.['ChimeBearer'];
      const output: unknown = await clientFor(String(bearer)).send(command, options);
      return output;
    },
  };
}
