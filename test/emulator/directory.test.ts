// Channels, members, moderators, bans and flows, with the real SDK client and the real session, as AWS's demo app uses them.
import { describe, expect, it } from '@jest/globals';
import * as sdk from '@aws-sdk/client-chime-sdk-messaging';

import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

import { operations } from '../../src/emulator/model/operations.ts';
import type { ProcessorEvent } from '../../src/emulator/index.ts';
import { afterTest, startKit } from '../support/emulator-kit.ts';
import { connectRealSession } from '../support/real-session.ts';
import { textOfModel } from './generate-model.ts';

const INSTANCE = 'arn:aws:chime:us-east-1:111122223333:app-instance/emulator';

/** Called operations, so that the last test can say which were not. */
const called = new Set<string>();
const FILE = new URL('../../src/emulator/model/operations.ts', import.meta.url);

async function start() {
  const kit = await startKit({ requestsPerSecond: Infinity, connectsPerSecond: Infinity });
  const { client, emulator } = kit;
  const call = async (name: keyof typeof operations, input: object): Promise<Record<string, unknown>> => {
    called.add(name);
    const Command = (sdk as unknown as Record<string, new (input: object) => object>)[`${name}Command`];
    if (Command === undefined) throw new Error(`The SDK has no ${name}Command.`);
    return (await client.send(new Command(input) as never)) as unknown as Record<string, unknown>;
  };
  const refused = async (...args: Parameters<typeof call>): Promise<unknown> => {
    try {
      return await call(...args);
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata: { httpStatusCode: number } };
      return `${$metadata.httpStatusCode} ${name}`;
    }
  };
  const session = async (userArn: string) => {
    const real = await connectRealSession({ emulator, client, userArn });
    afterTest(() => real.stop());
    return real;
  };
  const carol = emulator.userArn('carol');
  const create = async (fields: object = {}) => {
    const input = { AppInstanceArn: INSTANCE, Name: 'general', ChimeBearer: kit.alice, ...fields };
    return String((await call('CreateChannel', input))['ChannelArn']);
  };
  return { ...kit, call, refused, session, create, carol };
}

const named = (arn: string) => ({ Arn: arn, Name: arn.slice(arn.lastIndexOf('/') + 1) });

describe('the operations about channels', () => {
  it('carry the flow of a chat app: create, list, invite, chat, read marker, leave, delete', async () => {
    const { alice, bob, call, create, session, client } = await start();
    const [hers, his] = [await session(alice), await session(bob)];
    const ChannelArn = await create({ Metadata: '{"topic":"tea"}', ClientRequestToken: 'token-1' });
    expect(await create({ ClientRequestToken: 'token-1' })).toBe(ChannelArn);
    expect((await call('DescribeChannel', { ChannelArn, ChimeBearer: alice }))['Channel']).toMatchObject({
      Name: 'general',
      Mode: 'UNRESTRICTED',
      Privacy: 'PRIVATE',
      Metadata: '{"topic":"tea"}',
      CreatedBy: named(alice),
      CreatedTimestamp: expect.any(Date),
    });

    await call('CreateChannelMembership', { ChannelArn, MemberArn: bob, Type: 'DEFAULT', ChimeBearer: alice });
    expect(await his.message('CREATE_CHANNEL_MEMBERSHIP')).toMatchObject({
      ChannelArn,
      Member: named(bob),
      InvitedBy: named(alice),
    });
    await hers.message('CREATE_CHANNEL_MEMBERSHIP');
    const members = await call('ListChannelMemberships', { ChannelArn, ChimeBearer: bob });
    expect(members['ChannelMemberships']).toEqual([{ Member: named(alice) }, { Member: named(bob) }]);
    const mine = await call('ListChannelMembershipsForAppInstanceUser', { ChimeBearer: bob });
    // The first channel is open to everyone.
    expect(mine['ChannelMemberships']).toMatchObject([{}, { ChannelSummary: { ChannelArn, Name: 'general' } }]);

    const input = { ChannelArn, Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT', ChimeBearer: bob } as const;
    await client.send(new sdk.SendChannelMessageCommand({ ...input, ClientRequestToken: 'message-1' }));
    expect(await hers.message('CREATE_CHANNEL_MESSAGE')).toMatchObject({ Content: 'hi', Sender: named(bob) });
    await call('UpdateChannelReadMarker', { ChannelArn, ChimeBearer: bob });
    const one = { ChannelArn, AppInstanceUserArn: bob, ChimeBearer: bob };
    const his1 = (await call('DescribeChannelMembershipForAppInstanceUser', one))['ChannelMembership'];
    expect(his1).toMatchObject({
      ChannelSummary: { LastMessageTimestamp: expect.any(Date) },
      AppInstanceUserMembershipSummary: { Type: 'DEFAULT', ReadMarkerTimestamp: expect.any(Date) },
    });

    await call('UpdateChannel', { ChannelArn, Name: 'tea', Mode: 'RESTRICTED', ChimeBearer: alice });
    expect(await his.message('UPDATE_CHANNEL')).toMatchObject({ ChannelArn, Name: 'tea', Mode: 'RESTRICTED' });
    const search = { Fields: [{ Key: 'MEMBERS', Operator: 'INCLUDES', Values: [alice, bob] }], ChimeBearer: bob };
    expect((await call('SearchChannels', search))['Channels']).toMatchObject([{ ChannelArn }]);
    await call('DeleteChannelMembership', { ChannelArn, MemberArn: bob, ChimeBearer: bob });
    expect(await his.message('DELETE_CHANNEL_MEMBERSHIP')).toMatchObject({ Member: named(bob) });
    await call('DeleteChannel', { ChannelArn, ChimeBearer: alice });
    expect(await hers.message('DELETE_CHANNEL')).toMatchObject({ ChannelArn });
    expect(his.messages.filter(({ type }) => type === 'DELETE_CHANNEL')).toEqual([]);
  });

  it('refuse what the roles do not allow, with the error of the service', async () => {
    const { alice, bob, carol, refused, create } = await start();
    const ChannelArn = await create({ Mode: 'RESTRICTED', MemberArns: [bob] });
    const as = (ChimeBearer: string, more: object = {}) => ({ ChannelArn, ChimeBearer, ...more });
    expect(await refused('CreateChannelMembership', as(bob, { MemberArn: carol, Type: 'DEFAULT' }))).toBe(
      '403 ForbiddenException',
    );
    expect(await refused('DescribeChannel', as(carol))).toBe('403 ForbiddenException');
    expect(await refused('UpdateChannel', as(bob, { Name: 'x' }))).toBe('403 ForbiddenException');
    expect(await refused('DeleteChannel', as(bob))).toBe('403 ForbiddenException');
    expect(await refused('CreateChannelMembership', as(alice, { MemberArn: bob, Type: 'DEFAULT' }))).toBe(
      '409 ConflictException',
    );
    expect(await refused('CreateChannelMembership', as(alice, { MemberArn: carol, Type: 'OTHER' }))).toBe(
      '400 BadRequestException',
    );
    expect(await refused('ListChannels', { AppInstanceArn: INSTANCE, Privacy: 'PRIVATE', ChimeBearer: alice })).toBe(
      '403 ForbiddenException',
    );
    expect(
      await refused('CreateChannel', { AppInstanceArn: INSTANCE, Name: 'x'.repeat(257), ChimeBearer: alice }),
    ).toBe('400 BadRequestException');
    expect(await refused('DescribeChannelMembership', as(alice, { MemberArn: carol }))).toBe('404 NotFoundException');
    expect(
      await refused('ListChannelMembershipsForAppInstanceUser', { AppInstanceUserArn: bob, ChimeBearer: alice }),
    ).toBe('403 ForbiddenException');
    expect(await refused('ListChannelBans', as(alice, { MaxResults: 51 }))).toBe('400 BadRequestException');
  });

  it('have public channels, which anyone finds and enters, and pages', async () => {
    const { alice, bob, call, create } = await start();
    const arns: string[] = [];
    for (let i = 0; i < 3; i += 1)
      arns.push(await create({ Name: `public ${i}`, Privacy: 'PUBLIC', ChannelId: `room-${i}` }));
    expect(arns[0]).toBe(`${INSTANCE}/channel/room-0`);
    await create({ Name: 'private' });
    const first = await call('ListChannels', { AppInstanceArn: INSTANCE, MaxResults: 2, ChimeBearer: bob });
    expect(first['Channels']).toMatchObject([{ Name: 'public 0' }, { Name: 'public 1' }]);
    const rest = { AppInstanceArn: INSTANCE, NextToken: first['NextToken'], ChimeBearer: bob };
    expect((await call('ListChannels', rest))['Channels']).toMatchObject([{ Name: 'public 2' }]);
    await call('CreateChannelMembership', { ChannelArn: arns[0], MemberArn: bob, Type: 'HIDDEN', ChimeBearer: bob });
    const one = { ChannelArn: arns[0], MemberArn: bob, ChimeBearer: alice };
    expect((await call('DescribeChannelMembership', one))['ChannelMembership']).toMatchObject({ Type: 'HIDDEN' });
    const hidden = await call('ListChannelMemberships', { ChannelArn: arns[0], Type: 'HIDDEN', ChimeBearer: alice });
    expect(hidden['ChannelMemberships']).toEqual([{ Member: named(bob) }]);
  });

  it('add many members at once, and tell which were not added', async () => {
    const { alice, bob, carol, call, create, session } = await start();
    const ChannelArn = await create();
    const his = await session(bob);
    await call('CreateChannelBan', { ChannelArn, MemberArn: carol, ChimeBearer: alice });
    const input = { ChannelArn, MemberArns: [bob, carol], ChimeBearer: alice };
    expect(await call('BatchCreateChannelMembership', input)).toMatchObject({
      BatchChannelMemberships: { InvitedBy: named(alice), Members: [named(bob)], ChannelArn },
      Errors: [{ MemberArn: carol, ErrorCode: 'Forbidden' }],
    });
    expect(await his.message('BATCH_CREATE_CHANNEL_MEMBERSHIP')).toMatchObject({ ChannelArn, Members: [named(bob)] });
  });

  it('have moderators, and bans, which remove a member', async () => {
    const { alice, bob, call, refused, create, session } = await start();
    const ChannelArn = await create({ MemberArns: [bob] });
    const as = (ChimeBearer: string, more: object = {}) => ({ ChannelArn, ChimeBearer, ...more });
    await call('CreateChannelModerator', as(alice, { ChannelModeratorArn: bob }));
    const moderators = await call('ListChannelModerators', as(bob));
    expect(moderators['ChannelModerators']).toEqual([{ Moderator: named(alice) }, { Moderator: named(bob) }]);
    const described = await call('DescribeChannelModerator', as(bob, { ChannelModeratorArn: alice }));
    expect(described['ChannelModerator']).toMatchObject({ Moderator: named(alice), CreatedBy: named(alice) });
    const his = await call('ListChannelsModeratedByAppInstanceUser', { ChimeBearer: bob });
    expect(his['Channels']).toMatchObject([{ ChannelSummary: { ChannelArn } }]);
    await call('DescribeChannelModeratedByAppInstanceUser', as(bob, { AppInstanceUserArn: bob }));
    await call('DeleteChannelModerator', as(alice, { ChannelModeratorArn: bob }));
    expect(await refused('ListChannelModerators', as(bob))).toBe('403 ForbiddenException');

    const seen = await session(bob);
    await call('CreateChannelBan', as(alice, { MemberArn: bob }));
    expect(await seen.message('DELETE_CHANNEL_MEMBERSHIP')).toMatchObject({ Member: named(bob) });
    expect((await call('ListChannelBans', as(alice)))['ChannelBans']).toEqual([{ Member: named(bob) }]);
    expect((await call('DescribeChannelBan', as(alice, { MemberArn: bob })))['ChannelBan']).toMatchObject({
      Member: named(bob),
    });
    expect(await refused('CreateChannelMembership', as(alice, { MemberArn: bob, Type: 'DEFAULT' }))).toBe(
      '403 ForbiddenException',
    );
    await call('DeleteChannelBan', as(alice, { MemberArn: bob }));
    await call('CreateChannelMembership', as(alice, { MemberArn: bob, Type: 'DEFAULT' }));
  });

  it('keep preferences, expiration settings, tags, and the members of sub-channels', async () => {
    const { alice, bob, call, create } = await start();
    const ElasticChannelConfiguration = {
      MaximumSubChannels: 2,
      TargetMembershipsPerSubChannel: 2,
      MinimumMembershipPercentage: 1,
    };
    const ChannelArn = await create({ ElasticChannelConfiguration });
    const as = (more: object = {}) => ({ ChannelArn, ChimeBearer: alice, ...more });
    await call('CreateChannelMembership', as({ MemberArn: bob, Type: 'DEFAULT', SubChannelId: 'sub-1' }));
    expect((await call('ListSubChannels', as()))['SubChannels']).toEqual([
      { SubChannelId: 'sub-1', MembershipCount: 1 },
    ]);
    const Preferences = { PushNotifications: { AllowNotifications: 'NONE' } };
    await call('PutChannelMembershipPreferences', as({ MemberArn: alice, Preferences }));
    expect((await call('GetChannelMembershipPreferences', as({ MemberArn: alice })))['Preferences']).toEqual(
      Preferences,
    );
    const ExpirationSettings = { ExpirationDays: 3, ExpirationCriterion: 'CREATED_TIMESTAMP' };
    await call('PutChannelExpirationSettings', as({ ExpirationSettings }));
    expect((await call('DescribeChannel', as()))['Channel']).toMatchObject({
      ExpirationSettings,
      ElasticChannelConfiguration,
    });
    await call('TagResource', {
      ResourceARN: ChannelArn,
      Tags: [
        { Key: 'team', Value: 'tea' },
        { Key: 'x', Value: 'y' },
      ],
    });
    await call('UntagResource', { ResourceARN: ChannelArn, TagKeys: ['x'] });
    expect((await call('ListTagsForResource', { ResourceARN: ChannelArn }))['Tags']).toEqual([
      { Key: 'team', Value: 'tea' },
    ]);
  });
});

describe('a channel flow of the app', () => {
  const LAMBDA = 'arn:aws:lambda:us-east-1:111122223333:function:moderate';
  const processor = (FallbackAction: string) => ({
    Name: 'moderate',
    Configuration: { Lambda: { ResourceArn: LAMBDA, InvocationType: 'ASYNC' } },
    ExecutionOrder: 1,
    FallbackAction,
  });

  it('calls its local processor, whose ChannelFlowCallback changes, denies or lets through the message', async () => {
    const { alice, bob, call, refused, create, session, client, emulator } = await start();
    const events: ProcessorEvent[] = [];
    emulator.set({
      processors: {
        [LAMBDA]: async (event) => {
          events.push(event);
          const { MessageId, ChannelArn, Content } = event.ChannelMessage as Record<string, string>;
          const DeleteResource = Content === 'bad';
          const ChannelMessage = { MessageId, Content: `${Content}, moderated` };
          await call('ChannelFlowCallback', {
            CallbackId: event.CallbackId,
            ChannelArn,
            ChannelMessage,
            DeleteResource,
          });
        },
      },
    });
    const ChannelArn = await create({ MemberArns: [bob] });
    const flow = { AppInstanceArn: INSTANCE, Name: 'moderation', Processors: [processor('ABORT')] };
    const { ChannelFlowArn } = await call('CreateChannelFlow', { ...flow, ClientRequestToken: 'flow-1' });
    await call('AssociateChannelFlow', { ChannelArn, ChannelFlowArn, ChimeBearer: alice });
    expect((await call('DescribeChannelFlow', { ChannelFlowArn }))['ChannelFlow']).toMatchObject({
      Name: 'moderation',
    });
    expect((await call('ListChannelFlows', { AppInstanceArn: INSTANCE }))['ChannelFlows']).toMatchObject([
      { ChannelFlowArn },
    ]);
    const channels = await call('ListChannelsAssociatedWithChannelFlow', { ChannelFlowArn });
    expect(channels['Channels']).toMatchObject([{ ChannelArn }]);

    const [hers, his] = [await session(alice), await session(bob)];
    const send = (Content: string, ClientRequestToken: string) =>
      client.send(
        new sdk.SendChannelMessageCommand({
          ChannelArn,
          Content,
          Type: 'STANDARD',
          Persistence: 'PERSISTENT',
          ChimeBearer: alice,
          ClientRequestToken,
        }),
      );
    const good = await send('good', 'message-1');
    expect(good.Status).toEqual({ Value: 'PENDING' });
    expect(await his.message('CREATE_CHANNEL_MESSAGE')).toMatchObject({ Content: 'good, moderated' });
    const bad = await send('bad', 'message-2');
    expect(await hers.message('DENIED_CREATE_CHANNEL_MESSAGE')).toMatchObject({ MessageId: bad.MessageId });
    expect([emulator.truth(good.MessageId ?? ''), emulator.truth(bad.MessageId ?? '')]).toEqual(['SENT', 'DENIED']);
    expect(events[0]).toMatchObject({
      EventType: 'CHANNEL_MESSAGE_EVENT',
      ChannelMessage: { Content: 'good', Sender: named(alice) },
    });
    const late = { CallbackId: events[0]?.CallbackId, ChannelArn, ChannelMessage: { MessageId: good.MessageId } };
    expect(await refused('ChannelFlowCallback', late)).toBe('404 NotFoundException');

    await call('UpdateChannelFlow', { ChannelFlowArn, Name: 'renamed', Processors: [processor('CONTINUE')] });
    expect(await refused('DeleteChannelFlow', { ChannelFlowArn })).toBe('409 ConflictException');
    await call('DisassociateChannelFlow', { ChannelArn, ChannelFlowArn, ChimeBearer: alice });
    await call('DeleteChannelFlow', { ChannelFlowArn });
    expect((await send('free', 'message-3')).Status).toEqual({ Value: 'SENT' });
  });

  it.each([
    ['ABORT', 'FAILED'],
    ['CONTINUE', 'SENT'],
  ])('whose processor fails ends with its fallback: %s is %s', async (fallback, status) => {
    const { alice, call, create, session, client, emulator } = await start();
    emulator.set({ processors: { [LAMBDA]: () => Promise.reject(new Error('It failed.')) } });
    const ChannelArn = await create();
    const flow = { AppInstanceArn: INSTANCE, Name: 'moderation', Processors: [processor(fallback)] };
    const { ChannelFlowArn } = await call('CreateChannelFlow', flow);
    await call('AssociateChannelFlow', { ChannelArn, ChannelFlowArn, ChimeBearer: alice });
    const hers = await session(alice);
    const input = {
      ChannelArn,
      Content: 'hi',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ChimeBearer: alice,
    } as const;
    const { MessageId = '' } = await client.send(
      new sdk.SendChannelMessageCommand({ ...input, ClientRequestToken: 'message-1' }),
    );
    await hers.message(`${status === 'SENT' ? '' : `${status}_`}CREATE_CHANNEL_MESSAGE`);
    expect(emulator.truth(MessageId)).toBe(status);
  });
});

describe('the table of operations', () => {
  it('is that of the SDK that is installed', async () => {
    const options = await resolveConfig(FILE.pathname);
    expect(await readFile(FILE, 'utf8')).toBe(await format(textOfModel(), { ...options, parser: 'typescript' }));
  });

  it('is covered by the tests above', () => {
    // The operations about messages have tests of their own.
    const others = Object.keys(operations).filter(
      (name) => !/ChannelMessages?$|MessageStatus$|MessagingSessionEndpoint$/.test(name),
    );
    expect(others.filter((name) => !called.has(name))).toEqual([]);
  });
});
