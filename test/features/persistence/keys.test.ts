import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createStorage } from 'unstorage';

import {
  keyPrefix,
  recordKey as keyOfName,
  nameById,
  nameByIdentity,
  nameOf,
  parseKey,
  type RecordKind,
} from '../../../src/features/persistence/keys.ts';
import type { MessageIdentity } from '../../../src/core/identity.ts';
import { alice, bob, channel as channelArn, otherChannel } from '../../support/delivery-record.ts';

const id = fc.stringMatching(/^[-_a-zA-Z0-9]{1,128}$/);
const keyFor = (base: string, kind: RecordKind, id: string): string => keyOfName(base, kind, nameById(id));

const kinds = ['outbox', 'accepted', 'unsent'] as const;

describe('the key of a record', () => {
  it('names its subject in plain text', () => {
    expect(keyFor(keyPrefix(alice), 'outbox', '8f14e45f-ceea-467f-9a2f-2c1c8a1b0b1e')).toMatch(
      /^chime-delivery:v1:[0-9a-z]{8,13}:send-8f14e45f-ceea-467f-9a2f-2c1c8a1b0b1e$/,
    );
  });

  it('differs for each bearer, kind and id, also on file systems that ignore case', () => {
    expect(keyPrefix(alice)).not.toBe(keyPrefix(bob));
    fc.assert(
      fc.property(id, id, (one, other) => {
        const keys = [one, other].map((each) => keyFor('base', 'accepted', each).toLowerCase());
        expect(keys[0] === keys[1]).toBe(one === other);
        expect(new Set(kinds.map((kind) => keyFor('base', kind, one))).size).toBe(3);
      }),
    );
    expect(keyFor('base', 'accepted', 'A'.repeat(128))).not.toBe(keyFor('base', 'accepted', `${'A'.repeat(127)}B`));
  });

  it('differs for each channel, bearer and operation, where the id is not unique', () => {
    const one: MessageIdentity & { id: string } = {
      id: 'A',
      messageId: undefined,
      isEdit: false,
      channelArn,
      chimeBearer: alice,
      subChannelId: undefined,
    };
    const others: Partial<MessageIdentity>[] = [
      { chimeBearer: bob },
      { channelArn: otherChannel },
      { subChannelId: 's' },
      { isEdit: true },
    ];
    const names = [one, ...others.map((other) => ({ ...one, ...other }))].map(nameByIdentity);
    expect(new Set([...names, nameById(one.id)]).size).toBe(6);
    for (const name of names) {
      const key = keyOfName('base', 'accepted', name);
      expect([parseKey('base', key)?.name, nameOf('base', key)]).toEqual([name, name]);
      expect(name).toMatch(/^[-_a-z0-9]+$/);
    }
  });

  it('is accepted unchanged by every driver: plain characters, no longer than a file name', async () => {
    await fc.assert(
      fc.asyncProperty(id, async (each) => {
        const key = keyFor(keyPrefix(alice), 'unsent', each);
        const storage = createStorage();
        await storage.setItem(key, '{}');
        expect(await storage.getKeys(keyPrefix(alice))).toEqual([key]);
        for (const part of key.split(':')) {
          expect(part).toMatch(/^[-_a-z0-9]+$/);
          expect(part.length).toBeLessThanOrEqual(255);
        }
      }),
    );
  });

  it('is parsed with any driver’s separators', () => {
    const base = keyPrefix(alice);
    fc.assert(
      fc.property(id, fc.constantFrom(...kinds), fc.constantFrom(':', '/', '\\'), (each, kind, separator) => {
        const key = keyFor(base, kind, each);
        expect(parseKey(base, key.replaceAll(':', separator))).toMatchObject({ key, kind });
        expect(parseKey(keyPrefix(bob), key)).toBeUndefined();
      }),
    );
  });

  it.each([undefined, null, 7, '', 'theme', 'base', 'base:sent-', 'base:other-m1', 'base:sent-m1:x', 'abase:sent-m1'])(
    'is not parsed from %p',
    (key) => {
      expect(parseKey('base', key)).toBeUndefined();
    },
  );
});
