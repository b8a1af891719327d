/**
 * Asks for whoever's turn it is: alone (`look.ts`), or with others of the channel by one page (`list-page.ts`), as
 * `channel-pages.ts` advises; and hands on what was found about whom. It plans nothing and reports nothing itself.
 */
import type { Entry } from '../core/entry.ts';
import type { Evidence } from '../core/evidence.ts';
import { isSameQuestion } from '../core/known.ts';
import type { Ledger } from '../core/ledger.ts';
import type { Permit, Road } from '../core/ports.ts';
import type { StatusField } from '../core/status-field.ts';
import { Access } from './access.ts';
import { ChannelPages, type PagePick } from './channel-pages.ts';
import { askForPage, type PageOrder } from './list-page.ts';
import { look, type Finding } from './look.ts';
import type { Allowance } from './page-value.ts';
import type { Turns } from './turns.ts';
import { UnderWay } from './under-way.ts';
import type { PollPriority } from './waiting-room.ts';

export interface AskingPorts {
  readonly ledger: Pick<Ledger, 'find'>;
  readonly road: Road;
  readonly limit: Allowance;
  readonly confirmations: number;
  /** Whether several deliveries of a channel may be settled by one page. */
  readonly batch: boolean;
  readonly random: () => number;
  readonly turns: Pick<Turns, 'companions' | 'priorityOf' | 'leave'>;
  /** One HTTP request left, for all of these together. */
  readonly onRequest: (entries: Iterable<Entry>) => void;
  readonly onFound: (entry: Entry, priority: PollPriority, finding: Finding | NotShown) => void;
  readonly onUnknownWord: (word: unknown) => void;
  /** Pages are refused to this bearer; they are not asked for again. */
  readonly onNoPages: (chimeBearer: string) => void;
}

/** A page did not tell of it: it has not been asked for yet. */
export interface NotShown {
  readonly kind: 'not-shown';
}

export class Asking {
  readonly #ports: AskingPorts;
  readonly #access = new Access();
  readonly #underWay = new UnderWay();
  readonly #pages: ChannelPages;

  constructor(ports: AskingPorts) {
    this.#ports = ports;
    this.#pages = new ChannelPages(ports.limit, ports.random);
  }

  has(entry: Entry): boolean {
    return this.#underWay.has(entry);
  }

  /** Nothing more is to be learnt of it. */
  drop(entry: Entry): void {
    this.#underWay.drop(entry);
  }

  close(reason: Error): void {
    this.#underWay.close(reason);
  }

  /** When a reconnect asks for these of one channel by a page, in milliseconds; undefined: each by itself. */
  gather(entries: readonly Entry[], withinMs: number, now: number): number | undefined {
    const [first] = entries;
    return first !== undefined && this.#mayPage(first) ? this.#pages.gather(entries, withinMs, now) : undefined;
  }

  ask(entry: Entry, priority: PollPriority, permit: Permit): void {
    const { turns } = this.#ports;
    const page = this.#mayPage(entry) ? this.#pages.choose(entry, turns.companions(entry), Date.now()) : undefined;
    void (page === undefined ? this.#alone(entry, priority, permit) : this.#page(page, priority, permit));
  }

  #mayPage({ known }: Entry): boolean {
    return this.#ports.batch && this.#access.may(known.chimeBearer, 'list');
  }

  async #alone(entry: Entry, priority: PollPriority, permit: Permit): Promise<void> {
    const { road, confirmations, onUnknownWord, onRequest, onFound } = this.#ports;
    const job = this.#underWay.begin([entry]);
    const { signal } = job.abort;
    entry.triedAt = Date.now();
    const finding = await look(
      { known: entry.known, priority, permit, signal, onRequest: () => onRequest([entry]) },
      { road, access: this.#access, confirmations, onUnknownWord },
    );
    // Settled, forgotten or closed meanwhile: whatever came back is too late to matter.
    if (!this.#underWay.end(job).has(entry)) return;
    if (finding.kind === 'evidence' && finding.evidence.kind === 'said') this.#pages.rejoin(entry);
    onFound(entry, priority, finding);
  }

  async #page({ order, entries }: PagePick, priority: PollPriority, permit: Permit): Promise<void> {
    const { road, turns, onRequest, onFound, onNoPages } = this.#ports;
    const priorities = new Map(entries.map((entry) => [entry, turns.priorityOf(entry) ?? priority]));
    for (const entry of entries) turns.leave(entry);
    const job = this.#underWay.begin(entries);
    const { signal } = job.abort;
    const begun = Date.now();
    const errand = { priority, permit, signal, onRequest: () => onRequest(job.entries) };
    const reading = await askForPage(order, errand, road);
    const asked = this.#underWay.end(job);
    if (reading.kind === 'forbidden' && this.#access.may(order.chimeBearer, 'list')) {
      this.#access.set(order.chimeBearer, 'list', false);
      onNoPages(order.chimeBearer);
    }
    const shown = reading.kind === 'rows' ? this.#shownBy(reading.rows, order) : new Map<Entry, Evidence>();
    const asWell = new Set([...asked].filter((entry) => shown.has(entry)));
    this.#pages.learn({ order, entries: [...asked] }, reading, asWell, Date.now());
    for (const [entry, evidence] of shown) {
      turns.leave(entry);
      entry.triedAt = begun;
      // Of whom the page was not meant to tell, it may be a moment ahead of push: as little of a safety look as a reconcile.
      onFound(entry, priorities.get(entry) ?? 'reconcile', { kind: 'evidence', evidence });
    }
    const rest: Finding | NotShown = { kind: reading.kind === 'nothing' ? 'suspended' : 'not-shown' };
    for (const entry of asked) if (!shown.has(entry)) onFound(entry, priorities.get(entry) ?? priority, rest);
  }

  /** Every pending delivery that the rows tell of, also of whom it was not asked. */
  #shownBy(rows: ReadonlyMap<string, StatusField>, order: PageOrder): Map<Entry, Evidence> {
    const at = Date.now();
    const shown = new Map<Entry, Evidence>();
    for (const [messageId, { status, word, detail }] of rows) {
      const entry = this.#ports.ledger.find(messageId);
      // A row without a status says nothing that can be reported, and an edit is not told by what stands there before it.
      if (entry === undefined || word === undefined || word === null || !isOf(entry, messageId, order)) continue;
      if (status === undefined) this.#ports.onUnknownWord(word);
      shown.set(entry, { kind: 'said', source: 'list', at, status: status ?? 'PENDING', detail });
    }
    for (const entry of shown.keys()) if (this.#underWay.has(entry)) shown.delete(entry);
    return shown;
  }
}

function isOf({ known }: Entry, messageId: string, order: PageOrder): boolean {
  return (
    known.status === 'PENDING' && known.messageId === messageId && isSameQuestion(known, { ...order, update: false })
  );
}
