/**
 * The names of records. They have to survive every driver: unstorage takes `/`, `\` and `:` for separators and `?` for an
 * end, file systems may not tell `A` from `a`, and have names of at most 255 bytes. Pure.
 */
import { addressKey, type MessageIdentity } from '../core/identity.ts';

/**
 * What a record is. `send`: a message that was not answered yet. `sent`: one that the service has. `held`: a mark beside a
 * `send`, that nothing of it has left so far. `left`: a mark that it may have left, whatever `held` says. `gone`: a mark
 * that the message was deleted, so that its absence proves nothing. Each has a key of its own, because overwriting is not
 * atomic everywhere.
 */
export type RecordKind = 'send' | 'sent' | 'held' | 'left' | 'gone';

const KIND_LENGTH = 4;
const MAX_NAME = 200;

/** Where the records of one bearer are: the ARN names the app instance, too. */
export function baseFor(owner: string): string {
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
  const { id, update } = delivery;
  // No name by id has these two characters in a row.
  return `${nameById(id)}_-${fnv1a(`${String(update)} ${addressKey(delivery)}`)}`;
}

export function keyFor(base: string, kind: RecordKind, name: string): string {
  // Joined, since one flat string takes less room than the parts of a concatenation, which would be kept instead.
  return [base, ':', kind, '-', name].join('');
}

/** The name in a key of ours. */
export function nameOf(base: string, key: string): string {
  return key.slice(base.length + 2 + KIND_LENGTH);
}

/** The key of another record of the same delivery. */
export function sisterKey(base: string, key: string, kind: RecordKind): string {
  return [base, ':', kind, key.slice(base.length + 1 + KIND_LENGTH)].join('');
}

/** What a key of ours names. */
export function kindOf(base: string, key: string): RecordKind {
  return key.slice(base.length + 1, base.length + 1 + KIND_LENGTH) as RecordKind;
}

/** What a key of the store names, if it is one of ours. Drivers may spell the separator otherwise. */
export function readKey(
  base: string,
  listed: unknown,
): { readonly key: string; readonly kind: RecordKind; readonly name: string } | undefined {
  if (typeof listed !== 'string') return undefined;
  const key = listed.replace(/[/\\]/g, ':');
  const [, own, kind, name = ''] = /^(.*):(send|sent|held|left|gone)-([^:]+)$/.exec(key) ?? [];
  return own === base ? { key, kind: kind as RecordKind, name } : undefined;
}

/** FNV-1a, 64 bits: to tell names apart, not to hide them. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(36);
}
