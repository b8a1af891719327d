/** The cases of conformance: the inbox of a shard. */
import type { FleetEngine, InboxEntry } from '../engine.ts';
import { record, same, type Case } from './case.ts';

export const inboxCases: Readonly<Record<string, Case>> = {
  'words arrive in their order, once they are added, and until they are trimmed': async (engine, other) => {
    const signal = new AbortController().signal;
    const waiting = engine.inbox.read(1, '', signal);
    await other.records.put(1, 'a', record('first'));
    await other.inbox.add(1, { kind: 'pushed', event: 'e1' });
    await other.inbox.add(1, { kind: 'changed', id: 'a' });
    const first = (await waiting).entries;
    const entries = [...first];
    while (entries.length < 3)
      entries.push(...(await engine.inbox.read(1, entries.at(-1)?.position ?? '', signal)).entries);
    same(
      entries.map(({ word }) => word),
      [
        { kind: 'new', id: 'a', record: record('first') },
        { kind: 'pushed', event: 'e1' },
        { kind: 'changed', id: 'a' },
      ],
    );
    await engine.inbox.trim(1, entries[0]?.position ?? '', await engine.inbox.claim(1));
    same(
      (await wordsFromStart(other, 1)).map(({ word }) => word.kind),
      ['pushed', 'changed'],
    );
  },

  'a holder of an earlier term drops no words: another one has not read them': async (engine, other) => {
    const earlier = await engine.inbox.claim(1);
    await other.inbox.add(1, { kind: 'pushed', event: 'e1' });
    const [entry] = await wordsFromStart(engine, 1);
    const present = await other.inbox.claim(1);
    same(await engine.inbox.trim(1, entry?.position ?? '', earlier), false);
    same((await wordsFromStart(other, 1)).length, 1);
    same(await other.inbox.trim(1, '', present), true);
    same((await wordsFromStart(other, 1)).length, 1);
    same(await other.inbox.trim(1, entry?.position ?? '', present), true);
    const { shards } = await engine.inspect();
    same(shards[1]?.inbox, 0);
  },

  'a read of an inbox ends when it is called off': async (engine) => {
    const abort = new AbortController();
    const waiting = engine.inbox.read(2, '', abort.signal);
    abort.abort();
    same((await waiting).entries, []);
  },
};

async function wordsFromStart(engine: FleetEngine, shard: number): Promise<readonly InboxEntry[]> {
  return (await engine.inbox.read(shard, '', new AbortController().signal)).entries;
}
