/** Maps bearers to shards. All processes of a fleet must agree, and so must later versions. Pure. */
import { digestOf } from '../shared/digest.ts';

export function shardOf(chimeBearer: string, shards: number): number {
  return digestOf(chimeBearer) % shards;
}
