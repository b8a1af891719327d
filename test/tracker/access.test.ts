import { describe, expect, it } from '@jest/globals';

import { ALICE, replies } from '../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('where GetChannelMessageStatus is not permitted', () => {
  it('GetChannelMessage is asked instead, from then on for every message', async () => {
    const { track, service, errors } = startTracker();
    service.answer('status', replies.forbidden());
    const [one, two, three] = [track('m1'), track('m2'), track('m3')];
    await pass(SECOND);
    const refused = service.count('status');
    expect(refused).toBeGreaterThan(0);
    await pass(MINUTE);
    expect(service.count('status')).toBe(refused);
    service.settle('m1', 'SENT');
    service.settle('m2', 'FAILED');
    service.settle('m3', 'DENIED');
    await pass(10 * MINUTE);
    expect([one, two, three].map(({ state }) => state)).toMatchObject([
      { status: 'SENT', evidence: 'status' },
      { status: 'FAILED', evidence: 'status' },
      { status: 'DENIED', evidence: 'missing' },
    ]);
    const later = track('m4');
    service.settle('m4', 'SENT');
    await pass(MINUTE);
    expect(later.state.status).toBe('SENT');
    // A refusal may have been a mistake: it is tried once more every ten minutes.
    expect(service.count('status')).toBeLessThanOrEqual(refused + 1);
    expect(errors).toEqual([]);
  });

  it.each(['ForbiddenException', 'AccessDeniedException', 'SomethingNewException'])(
    'a %s of 403 says so',
    async (name) => {
      const { track, service } = startTracker();
      service.answer('status', replies.refusal(403, name));
      service.answer('message', replies.found('m1', 'SENT'));
      const delivery = track('m1');
      await pass(SECOND);
      expect(delivery.state).toMatchObject({ status: 'SENT', polls: 1 });
    },
  );

  it('needs its 404 confirmed like any other miss', async () => {
    const { track, service } = startTracker();
    service.answer('status', replies.forbidden());
    service.answer('message', replies.notFound());
    const delivery = track('m1');
    await pass(9_990);
    expect(delivery.state.status).toBe('PENDING');
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    expect(service.count('status')).toBe(1);
  });
});

describe('where neither is permitted', () => {
  it('deliveries end UNKNOWN forbidden, and one error event names the missing action', async () => {
    const { track, service, errors, story, logged } = startTracker();
    service.answer('status', replies.forbidden());
    service.answer('message', replies.forbidden());
    service.answer('list', replies.forbidden());
    const deliveries = [track('m1'), track('m2'), track('m3')];
    await pass(MINUTE);
    for (const { state } of deliveries) expect(state.status).toBe('PENDING');
    expect(errors).toEqual([]);
    await pass(30 * SECOND);
    for (const { state } of deliveries) {
      expect(state).toMatchObject({ status: 'UNKNOWN', reason: 'forbidden', error: { name: 'ForbiddenException' } });
    }
    expect(errors).toMatchObject([
      { code: 'MISSING_PERMISSION', action: 'chime:GetChannelMessageStatus', chimeBearer: ALICE },
    ]);
    expect(errors[0]?.message).toContain('chime:GetChannelMessageStatus');
    expect(story.filter((line) => line.startsWith('unknown'))).toHaveLength(3);
    expect(logged.filter((line) => line.includes('chime:GetChannelMessageStatus'))).toHaveLength(1);
    await pass(HOUR);
    // Both ways, every quarter of a minute for a minute and a bit.
    expect(service.count()).toBeLessThanOrEqual(3 * 2 * 7);
  });

  it('the next delivery finds out if permission was given meanwhile', async () => {
    const { track, service } = startTracker();
    service.answer('status', replies.forbidden());
    service.answer('message', replies.forbidden());
    track('m1');
    await pass(MINUTE);
    service.heal('status');
    service.heal('message');
    service.settle('m2', 'SENT');
    const later = track('m2');
    await pass(MINUTE);
    expect(later.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('trouble on the road to the second way does not end the delivery', async () => {
    const { track, service, errors } = startTracker();
    service.answer('status', replies.forbidden());
    service.answer('message', replies.serverError());
    const delivery = track('m1');
    await pass(HOUR);
    expect(delivery.state.status).toBe('PENDING');
    service.answer('message', replies.found('m1', 'SENT'));
    await pass(HOUR);
    expect(delivery.state.status).toBe('SENT');
    expect(errors).toEqual([]);
  });

  it('push still tells outcomes, and a delivery that waits for push alone costs no request', async () => {
    const { track, service, push } = startTracker({ socket: 'up' });
    service.answer('status', replies.forbidden());
    service.answer('message', replies.forbidden());
    const delivery = track('m1');
    await pass(10 * SECOND);
    push.tells('m1', 'SENT');
    expect(delivery.state.status).toBe('SENT');
    expect(service.count()).toBe(0);
  });
});
