/**
 * Looks across tabs: a follower asks the leader for them, and whoever has found something tells all. What is asked or found in
 * one turn goes out in one message. Each tab judges for itself what it is told.
 */
import type { Entry } from '../core/entry.ts';
import type { MessageIdentity } from '../core/identity.ts';
import { firstKnown, type Known } from '../core/known.ts';
import type { Ledger } from '../core/ledger.ts';
import { isServiceStatus } from '../core/message.ts';
import { steadyTimeOf } from '../core/time.ts';
import { partsOf } from './lists.ts';
import { readFacts, readFinding, writeFinding, type Ask, type Finding, type Message } from './message.ts';
import { factsOf } from './presence.ts';

export interface LooksPorts {
  readonly ledger: Pick<Ledger, 'findMessage'>;
  /** Looks at a delivery of another tab's. */
  readonly host: (known: Known, priority: Ask['priority']) => void;
  /** Looks no longer at this message (or edit) for others, or at none. */
  readonly dismiss: (message?: MessageIdentity) => void;
  readonly onFound: (finding: Finding) => void;
}

export class Looks {
  readonly #ports: LooksPorts;
  readonly #post: (message: Message) => void;
  /** Looks to ask for, and findings to tell, in this turn. */
  readonly #asks = new Map<Entry, Ask['priority']>();
  #findings: Finding[] = [];

  constructor(ports: LooksPorts, post: (message: Message) => void) {
    this.#ports = ports;
    this.#post = post;
  }

  ask(entry: Entry, priority: Ask['priority']): void {
    this.#asks.set(entry, priority);
    if (this.#asks.size > 1) return;
    void Promise.resolve().then(() => {
      const asks = [...this.#asks].map(([each, urgency]) => ({ ...factsOf(each.known), priority: urgency }));
      this.#asks.clear();
      for (const part of partsOf(asks)) this.#post({ kind: 'ask', asks: part });
    });
  }

  tell(finding: Finding): void {
    this.#findings.push(writeFinding(finding));
    if (this.#findings.length > 1) return;
    void Promise.resolve().then(() => {
      for (const part of partsOf(this.#findings.splice(0))) this.#post({ kind: 'found', found: part });
    });
  }

  /** Looks for another tab, or tells it what is known here already. */
  answer({ priority, ...told }: Ask): void {
    const facts = readFacts(told, Date.now());
    const { ledger, host } = this.#ports;
    const { messageId = '', channelArn, chimeBearer, subChannelId, provable, update, misses, seen } = facts;
    const { known } = ledger.findMessage(messageId, facts) ?? {};
    const { status, evidence, settledAt: at = 0, detail } = known ?? {};
    // What nobody could tell this tab, another may still be told; and what it has inferred may not be so for the other.
    const inferred = evidence === 'missing' && !provable;
    if (!status || !isServiceStatus(status) || evidence === undefined || evidence === 'rejected' || inferred) {
      const at = steadyTimeOf(facts.trackedAt);
      return host(
        { ...firstKnown({ ...facts, at, trackedAt: at, sentAt: steadyTimeOf(facts.sentAt) }), misses, seen },
        priority,
      );
    }
    const said = { kind: 'said', source: evidence, at, status, detail } as const;
    this.tell({ messageId, channelArn, chimeBearer, subChannelId, update, evidence: said });
  }

  learn(found: readonly Finding[]): void {
    const { dismiss, onFound } = this.#ports;
    for (const told of found) {
      const finding = readFinding(told);
      const { evidence, update = false } = finding;
      if (evidence.kind === 'said' && evidence.status !== 'PENDING') dismiss({ ...finding, update });
      onFound(finding);
    }
  }
}
