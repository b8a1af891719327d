/**
 * The names of records. They have to survive every driver: unstorage takes `/`, `\` and `:` for separators and `?` for an
 * end, file systems may not tell `A` from `a`, and have names of at most 255 bytes. Pure.
 */
import { addressKey, type MessageIdentity } from '../../core/identity.ts';

/**
 * What a record is. `outbox`: a message that was not answered yet. `accepted`: one that the service has. `unsent`: a marker
 * beside an `outbox` record, that no request for it was dispatched. `dispatched`: a marker that one may have been, whatever
 * `unsent` says. `deleted`: a marker that the message was deleted, so that its absence proves nothing. Each has a key of its
 * own, because overwriting is not atomic everywhere.
 */
export type RecordKind = 'outbox' | 'accepted' | 'unsent' | 'dispatched' | 'deleted';

/** As they are spelled on disk, by 0.1.0 as well. All are of one length. */
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

/** Where the records of one bearer are: the ARN names the app instance, too. */
export function keyPrefix(owner: string): string {
  return `chime-delivery:v1:${fnv1a(owner)}`;
}

/** The name of the records of a delivery whose id no other delivery has. Records of 0.1.0 all have such a name. */
export function nameById(id: string): string {
  const name = id.replace(/[A-Z_]/g, (char) => `_${char.toLowerCase()}`);
  // Too long for a file, and then not readable back from its name: what it is of stands in the record.
  return name.length > MAX_NAME ? `${name.slice(0, 100)}${fnv1a(id)}` : name;
}

/** The name where another delivery has records by that id: the app may use one token in two channels, or for two bearers. */
export function nameByIdentity(delivery: MessageIdentity & { readonly id: string }): string {
  const { id, isEdit } = delivery;
  // No name by id has these two characters in a row.
  return `${nameById(id)}_-${fnv1a(`${String(isEdit)} ${addressKey(delivery)}`)}`;
}

export function recordKey(base: string, kind: RecordKind, name: string): string {
  // Joined, since one flat string takes less room than the parts of a concatenation, which would be kept instead.
  return [base, ':', spellings[kind], '-', name].join('');
}

/** The name in a key of ours. */
export function nameOf(base: string, key: string): string {
  return key.slice(base.length + 2 + KIND_LENGTH);
}

/** The key of another record of the same delivery. */
export function siblingKey(base: string, key: string, kind: RecordKind): string {
  return [base, ':', spellings[kind], key.slice(base.length + 1 + KIND_LENGTH)].join('');
}

/** What a key of ours names. */
export function kindOf(base: string, key: string): RecordKind {
  return kindsBySpelling.get(key.slice(base.length + 1, base.length + 1 + KIND_LENGTH)) ?? 'outbox';
}

/** What a key of the store names, if it is one of ours. Drivers may spell the separator otherwise. */
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

/** FNV-1a, 64 bits: to tell names apart, not to hide them. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(36);
}
