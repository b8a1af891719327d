import { describe, expect, it } from '@jest/globals';

import { faults } from '../../src/emulator/index.ts';
import { startKit } from '../support/emulator-kit.ts';
import { rawRequest } from '../support/raw-request.ts';

const path = '/endpoints/messaging-session';

describe('a page of another origin', () => {
  it('gets a preflight response for the headers of the SDK and no others', async () => {
    const { emulator } = await startKit();
    const asked =
      'amz-sdk-invocation-id,amz-sdk-request,authorization,content-type,x-amz-chime-bearer,x-amz-content-sha256,x-amz-date,x-amz-user-agent';
    const answer = await rawRequest(emulator, {
      method: 'OPTIONS',
      path,
      headers: {
        authorization: undefined,
        'access-control-request-method': 'GET',
        'access-control-request-headers': `${asked},x-mine`,
        origin: 'http://localhost:5173',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-headers')?.split(', ')).toEqual(asked.split(','));
    expect(answer.headers.get('access-control-allow-methods')?.split(', ')).toEqual(['GET', 'POST', 'PUT', 'DELETE']);
    expect(emulator.log).toEqual([]);
  });

  it('may read responses, errors and faulted responses, and the headers that the options expose', async () => {
    const { emulator } = await startKit();
    const good = await rawRequest(emulator, { path });
    const bad = await rawRequest(emulator, { path: '/nowhere' });
    emulator.fault(faults.emptyAnswer());
    const faulted = await rawRequest(emulator, { path });
    for (const { headers } of [good, bad, faulted]) {
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')).toContain('x-amzn-errortype');
    }
    emulator.set({ exposedHeaders: ['date'] });
    expect((await rawRequest(emulator, { path })).headers.get('access-control-expose-headers')).toBe('date');
  });

  it('sees no request id if the options hide it', async () => {
    const { send, emulator } = await startKit({ hideRequestId: true });
    expect((await send()).$metadata.requestId).toBeUndefined();
    emulator.set({ hideRequestId: false });
    expect((await send()).$metadata.requestId).toEqual(expect.any(String));
  });
});
