// Errors as the AWS SDK throws them (names, statuses and metadata as measured), and responses as it returns them.

export interface ErrorFacts {
  readonly requestId?: string | undefined;
  readonly attempts?: number;
  readonly retryAfter?: string;
}

/** A response of the service that is not 2xx: by default it has the request id. */
export function serviceError(name: string, status: number, deliveries: ErrorFacts = {}): Error {
  const { requestId = 'req-1', attempts, retryAfter } = deliveries;
  return sdkError(name, {
    $metadata: { httpStatusCode: status, requestId, ...(attempts === undefined ? {} : { attempts }) },
    $response: { statusCode: status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
  });
}

/** A response without the service's request id: a proxy's, or the service's if CORS hides the header. */
export function strangersError(name: string, status: number): Error {
  return sdkError(name, { $metadata: { httpStatusCode: status } });
}

export function sdkError(name: string, fields: object = {}): Error {
  return Object.assign(new Error(`${name}: said the test`), { name }, fields);
}

/** A response of the service itself. */
export function ok(output: object = {}): object {
  return { ...output, $metadata: { httpStatusCode: 200, requestId: 'req-1' } };
}
