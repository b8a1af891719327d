/** A push event on its way to the holder of a shard, as text in its inbox. Pure. */
import { asObject, tryRead } from '../shared/unknown-json.ts';

export interface PushedWord {
  /** The sender of the message; undefined where the event is about all bearers. */
  readonly bearer: string | undefined;
  readonly type: string;
  /** JSON text. */
  readonly payload: string;
}

export function encodePushed({ bearer, type, payload }: PushedWord): string {
  return JSON.stringify({ bearer, type, payload });
}

/** Undefined where it is no push event of this version: a later one may have written it. */
export function decodePushed(text: string): PushedWord | undefined {
  const { bearer, type, payload } =
    tryRead(
      () => undefined,
      () => asObject(JSON.parse(text)),
    ) ?? {};
  if (typeof type !== 'string' || typeof payload !== 'string') return undefined;
  return { bearer: typeof bearer === 'string' ? bearer : undefined, type, payload };
}
