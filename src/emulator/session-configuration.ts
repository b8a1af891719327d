// What `amazon-chime-sdk-js` needs for a messaging session with an emulator: a client that knows the endpoint, and a signer for a server
// without TLS (the session itself always asks for wss:). Nothing here needs Node.

export interface SessionEndpoint {
  /** `host:port`. */
  readonly websocketEndpoint: string;
  readonly region: string;
  /** Whether it has a certificate: then the session uses wss:. */
  readonly secure?: boolean;
}

/** The fields of a `MessagingSessionConfiguration`, and the signer of the session. */
export interface EmulatorSessionConfiguration {
  readonly userArn: string;
  messagingSessionId: string | null;
  /** Undefined: the session asks the client at each connect. */
  endpointUrl: string | undefined;
  readonly chimeClient: {
    readonly config: {
      readonly region: () => Promise<string>;
      readonly credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string }>;
    };
    getMessagingSessionEndpoint(): Promise<{ Endpoint: { Url: string } }>;
  };
  reconnectTimeoutMs: number;
  reconnectFixedWaitMs: number;
  reconnectShortBackoffMs: number;
  reconnectLongBackoffMs: number;
  prefetchOn: undefined;
  prefetchSortBy: undefined;
  /** The last argument of `DefaultMessagingSession`. */
  readonly sigV4: {
    signURL(
      method: string,
      scheme: string,
      serviceName: string,
      hostname: string,
      path: string,
      payload: string,
      queryParams: Map<string, string[]> | null,
    ): Promise<string>;
  };
}

let sessions = 0;

/**
 * ```ts
 * const c = emulator.sessionConfiguration(userArn);
 * const configuration = new MessagingSessionConfiguration(c.userArn, c.messagingSessionId, undefined, c.chimeClient);
 * const session = new DefaultMessagingSession(configuration, new NoOpLogger(), undefined, undefined, c.sigV4);
 * ```
 *
 * A page gets `websocketEndpoint` and `region` from the test, and calls this function itself.
 */
export function sessionConfiguration(endpoint: SessionEndpoint, userArn: string): EmulatorSessionConfiguration {
  const { websocketEndpoint, region, secure = false } = endpoint;
  const config = {
    region: () => Promise.resolve(region),
    credentials: () => Promise.resolve({ accessKeyId: 'local', secretAccessKey: 'local' }),
  };
  sessions += 1;
  return {
    userArn,
    messagingSessionId: `session-${sessions}-${Date.now().toString(36)}`,
    endpointUrl: undefined,
    chimeClient: {
      config,
      getMessagingSessionEndpoint: () => Promise.resolve({ Endpoint: { Url: websocketEndpoint } }),
    },
    // The session's own defaults.
    reconnectTimeoutMs: 10_000,
    reconnectFixedWaitMs: 0,
    reconnectShortBackoffMs: 1_000,
    reconnectLongBackoffMs: 5_000,
    prefetchOn: undefined,
    prefetchSortBy: undefined,
    sigV4: {
      signURL: (_method, _scheme, service, host, path, _payload, parameters) => {
        const at = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
        const query = new URLSearchParams(
          [...(parameters ?? [])].flatMap(([key, values]) => values.map((value) => [key, value])),
        );
        const signature = {
          'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
          'X-Amz-Credential': `local/${at.slice(0, 8)}/${region}/${service}/aws4_request`,
          'X-Amz-Date': at,
          'X-Amz-Expires': '10',
          'X-Amz-SignedHeaders': 'host',
          // The emulator does not verify it.
          'X-Amz-Signature': '0'.repeat(64),
        };
        for (const [key, value] of Object.entries(signature)) query.set(key, value);
        return Promise.resolve(`${secure ? 'wss' : 'ws'}://${host}${path}?${query.toString()}`);
      },
    },
  };
}
