/** New ids: UUIDs of version 4. */
import { v4 } from 'uuid';
import { MissingCryptoError } from './errors.ts';

/** @throws MissingCryptoError where the platform has no `crypto.getRandomValues` */
export function newId(): string {
  const { crypto } = globalThis as { readonly crypto?: { readonly getRandomValues?: unknown } };
  if (typeof crypto?.getRandomValues !== 'function') throw new MissingCryptoError();
  return v4();
}
