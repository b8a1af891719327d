/** The keys of a fleet in Redis. All begin with one prefix, for an ACL; those of one shard share a hash tag, for Redis Cluster. Pure. */
import { digestOf } from '../../shared/digest.ts';

export class Keys {
  readonly prefix: string;

  constructor(name: string) {
    this.prefix = `chime-delivery:${name}`;
  }

  /** A hash: id to record. */
  records(shard: number): string {
    return `${this.prefix}:{${shard}}:records`;
  }
  /** A hash: name to number. */
  names(shard: number): string {
    return `${this.prefix}:{${shard}}:names`;
  }
  /** What the holder has learnt, as text. */
  learnt(shard: number): string {
    return `${this.prefix}:{${shard}}:learnt`;
  }
  /** A stream: words for the holder. */
  inbox(shard: number): string {
    return `${this.prefix}:{${shard}}:inbox`;
  }
  /** How often the inbox was claimed. */
  term(shard: number): string {
    return `${this.prefix}:{${shard}}:term`;
  }
  /** A stream, read by consumer groups. */
  outcomes(shard: number): string {
    return `${this.prefix}:{${shard}}:outcomes`;
  }
  /** The outcome of one delivery, for a while. */
  outcome(shard: number, id: string): string {
    return `${this.prefix}:{${shard}}:outcome:${id}`;
  }
  /** A hash: the bucket of a bearer. */
  bucket(chimeBearer: string): string {
    return `${this.prefix}:bucket:${digestOf(chimeBearer).toString(36)}`;
  }
  /** Outcomes that a group gets again. */
  again(group: string): string {
    return `${this.prefix}:again:${group}`;
  }
  dead(group: string): string {
    return `${this.prefix}:dead:${group}`;
  }
  /** A set. */
  get groups(): string {
    return `${this.prefix}:groups`;
  }
  /** A hash: what all processes have in common. */
  get settings(): string {
    return `${this.prefix}:settings`;
  }
  /** A sorted set: worker to the time of its last sign of life. */
  get workers(): string {
    return `${this.prefix}:{leases}:workers`;
  }
  /** A sorted set: shard to the time when it was last held. */
  get held(): string {
    return `${this.prefix}:{leases}:held`;
  }
  /** A hash: shard to the worker that held it last. */
  get holders(): string {
    return `${this.prefix}:{leases}:holders`;
  }
  /** A hash: shard to its oldest delivery, as JSON. */
  get oldest(): string {
    return `${this.prefix}:{leases}:oldest`;
  }
  /** A stream that interrupts the waiting of one process. */
  wake(process: string): string {
    return `${this.prefix}:wake:${process}`;
  }
}
