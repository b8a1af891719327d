/**
 * The keys of records. They have to survive every driver: unstorage treats `/`, `\` and `:` as separators and `?` as an end;
 * file systems may not tell `A` from `a`, and have names of at most 255 bytes. Pure.
 */
import { addressKey, type MessageIdentity } from '../../core/identity.ts';

/**
 * The kinds of records. `outbox`: a send without an answer. `accepted`: a message that the service has. `unsent`: a marker
 * beside an `outbox` record: no request for it was dispatched. `dispatched`: a marker that overrides `unsent`: a request may
 * have been dispatched. `deleted`: a marker that the message was deleted, so that a missing status proves nothing. Each kind
 * has its own key, since overwriting is not atomic in every store.
 */
export type RecordKind = 'outbox' | 'accepted' | 'unsent' | 'dispatched' | 'deleted';

/** Their spelling on disk, which 0.1.0 has as well. All have the same length. */
const spellings: Readonly<Record<RecordKind, string>> = {
  outbox: 'send',
  accepted: 'sent',
  unsent: 'held',
  dispatched: 'left',
  deleted: 'gone',
};
const kindsBySpelling: ReadonlyMap<string | undefined, RecordKind> = new Map(
  (Object.keys(spellings) as RecordKind[]).map((kind) => [spellings[kind], kind]),
);

const KIND_LENGTH = 4;
const MAX_NAME = 200;

/** The prefix of the keys of one bearer. */
export function keyPrefix(owner: string): string {
  return `chime-delivery:v1:${fnv1a(owner)}`;
}

/** The name of a delivery whose id no other delivery has. Records of 0.1.0 all have such a name. */
export function nameById(id: string): string {
  const name = id.replace(/[A-Z_]/g, (char) => `_${char.toLowerCase()}`);
  // A name that is too long for a file is shortened; the record has the whole id.
  return name.length > MAX_NAME ? `${name.slice(0, 100)}${fnv1a(id)}` : name;
}

/** The name if another delivery has records with that id: the app may use one token in two channels, or for two bearers. */
export function nameByIdentity(delivery: MessageIdentity & { readonly id: string }): string {
  const { id, isEdit } = delivery;
  // `nameById` never gives these two characters in a row.
  return `${nameById(id)}_-${fnv1a(`${String(isEdit)} ${addressKey(delivery)}`)}`;
}

export function recordKey(base: string, kind: RecordKind, name: string): string {
  // `join` makes a flat string, which takes less memory than a concatenation, whose parts would be kept.
  return [base, ':', spellings[kind], '-', name].join('');
}

/** The name in one of our keys. */
export function nameOf(base: string, key: string): string {
  return key.slice(base.length + 2 + KIND_LENGTH);
}

/** The key of another record of the same delivery. */
export function siblingKey(base: string, key: string, kind: RecordKind): string {
  return [base, ':', spellings[kind], key.slice(base.length + 1 + KIND_LENGTH)].join('');
}

/** The kind of one of our keys. */
export function kindOf(base: string, key: string): RecordKind {
  return kindsBySpelling.get(key.slice(base.length + 1, base.length + 1 + KIND_LENGTH)) ?? 'outbox';
}

/** Whether a key of any base is that of a marker. */
export function isMarkerKey(key: string): boolean {
  const kind = kindsBySpelling.get(/:([a-z]+)-[^:]+$/.exec(key)?.[1]);
  return kind === 'unsent' || kind === 'dispatched' || kind === 'deleted';
}

/** Parses a key of the store, if it is one of ours. Drivers may use another separator. */
export function parseKey(
  base: string,
  listed: unknown,
): { readonly key: string; readonly kind: RecordKind; readonly name: string } | undefined {
  if (typeof listed !== 'string') return undefined;
  const key = listed.replace(/[/\\]/g, ':');
  const [, own, spelling, name = ''] = /^(.*):([a-z]+)-([^:]+)$/.exec(key) ?? [];
  const kind = kindsBySpelling.get(spelling);
  return own === base && kind !== undefined ? { key, kind, name } : undefined;
}

/** FNV-1a, 64 bits. It is not cryptographic. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(36);
}
