/**
 * Asks for whoever's turn it is: alone (`look.ts`), or with others of the channel by one page (`list-page.ts`), as
 * `channel-pages.ts` advises; and hands on what was found about whom. It plans nothing and reports nothing itself.
 */
import type { Entry } from '../core/entry.ts';
import type { Evidence } from '../core/evidence.ts';
import type { MessageAddress } from '../core/identity.ts';
import type { Ledger } from '../core/ledger.ts';
import type { Listening, Permit, Road } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import { Access } from './access.ts';
import { ChannelPages, type OwnRows, type PagePick } from './channel-pages.ts';
import { EditReads } from './edit-reads.ts';
import { askForPage, type PageOrder, type Row } from './list-page.ts';
import { look, type Finding } from './look.ts';
import type { Allowance } from './page-value.ts';
import { timesOf } from './page-window.ts';
import type { Shown } from './read-edit.ts';
import type { Turns } from './turns.ts';
import { UnderWay } from './under-way.ts';
import type { PollPriority } from './waiting-room.ts';

export interface SharedPages {
  /** When a page of its channel is planned, where that is soon. */
  pageAt(entry: Entry): number | undefined;
  /** Plans its turn for then; false: it cannot wait. */
  waitUntil(entry: Entry, at: number): boolean;
  /** A page has shown that these are pending. `rowsEach`: its rows for each of ours. */
  onPage(pending: readonly Entry[], rowsEach: number): void;
}

export interface AskingPorts {
  readonly ledger: Pick<Ledger, 'editsOf' | 'findMessage'>;
  /** The delivery of this message that is looked at here: our own, or another tracker's. */
  readonly findPending: (messageId: string, address: MessageAddress) => Entry | undefined;
  readonly road: Road;
  readonly listening?: Listening | undefined;
  readonly limit: Allowance;
  readonly confirmations: number;
  /** Whether several deliveries of a channel may be settled by one page. */
  readonly batch: boolean;
  readonly random: () => number;
  readonly turns: Pick<Turns, 'companions' | 'priorityOf' | 'leave'>;
  /** One HTTP request left, for all of these together. */
  readonly onRequest: (entries: Iterable<Entry>) => void;
  readonly onFound: (entry: Entry, priority: PollPriority, finding: Finding | NotShown) => void;
  /** Where pages are planned for several together. */
  readonly shared?: SharedPages | undefined;
  readonly onUnknownWord: (word: unknown) => void;
  /** Pages of this channel are refused to this bearer; they are not asked for again soon. */
  readonly onNoPages: (chimeBearer: string, channelArn: string) => void;
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
  readonly #edits: EditReads;

  constructor(ports: AskingPorts) {
    this.#ports = ports;
    this.#edits = new EditReads(ports.ledger);
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
    if (first === undefined || !this.#mayPage(first)) return undefined;
    const { chimeBearer, channelArn } = first.known;
    return this.#pages.gather(entries, withinMs, now, this.#ports.listening?.heardIn?.(chimeBearer, channelArn));
  }

  ask(entry: Entry, priority: PollPriority, permit: Permit): void {
    const { turns, shared } = this.#ports;
    const page = this.#mayPage(entry) ? this.#pages.choose(entry, turns.companions(entry), steadyNow()) : undefined;
    if (page !== undefined) return void this.#page(page, priority, permit);
    const at = priority === 'poll' ? (this.#pages.answerAt(entry, steadyNow()) ?? shared?.pageAt(entry)) : undefined;
    if (at === undefined || shared?.waitUntil(entry, at) !== true) return void this.#alone(entry, priority, permit);
    permit.refund();
  }

  #mayPage({ known }: Entry): boolean {
    return this.#ports.batch && this.#access.may(known, 'list', steadyNow());
  }

  async #alone(entry: Entry, priority: PollPriority, permit: Permit): Promise<void> {
    const { road, confirmations, onUnknownWord, onRequest, onFound } = this.#ports;
    const job = this.#underWay.begin([entry]);
    const { signal } = job.abort;
    entry.triedAt = steadyNow();
    const readEdit = entry.known.update ? (shown: Shown) => this.#edits.read(entry, shown) : undefined;
    const finding = await look(
      { known: entry.known, priority, permit, signal, readEdit, onRequest: () => onRequest([entry]) },
      { road, access: this.#access, confirmations, onUnknownWord },
    );
    // Settled, forgotten or closed meanwhile: whatever came back is too late to matter.
    if (!this.#underWay.end(job).has(entry)) return;
    if (finding.kind === 'evidence' && finding.evidence.kind === 'said') this.#pages.rejoin(entry);
    onFound(entry, priority, finding);
  }

  async #page({ order, entries, ...pass }: PagePick, priority: PollPriority, permit: Permit): Promise<void> {
    const { road, turns, onRequest, onFound, onNoPages } = this.#ports;
    const priorities = new Map(entries.map((entry) => [entry, turns.priorityOf(entry) ?? priority]));
    for (const entry of entries) turns.leave(entry);
    const job = this.#underWay.begin(entries);
    const { signal } = job.abort;
    const begun = steadyNow();
    const errand = { priority, permit, signal, onRequest: () => onRequest(job.entries) };
    const reading = await askForPage(order, errand, road);
    const asked = this.#underWay.end(job);
    if (reading.kind === 'forbidden') {
      this.#access.refused(order, 'list', steadyNow());
      onNoPages(order.chimeBearer, order.channelArn);
    } else if (reading.kind === 'rows') this.#access.permitted(order, 'list');
    const shown = reading.kind === 'rows' ? this.#shownBy(reading.rows, order) : new Map<Entry, Evidence>();
    const asWell = new Set([...asked].filter((entry) => shown.has(entry)));
    const own = reading.kind === 'rows' ? this.#ownOf(reading.rows, order) : undefined;
    this.#pages.learn({ order, entries: [...asked], ...pass }, reading, asWell, steadyNow(), own);
    for (const [entry, evidence] of shown) {
      turns.leave(entry);
      entry.triedAt = begun;
      // Of whom the page was not meant to tell, it may be a moment ahead of push: as little of a safety look as a reconcile.
      onFound(entry, priorities.get(entry) ?? 'reconcile', { kind: 'evidence', evidence });
    }
    const rest: Finding | NotShown = { kind: reading.kind === 'nothing' ? 'suspended' : 'not-shown' };
    for (const entry of asked) if (!shown.has(entry)) onFound(entry, priorities.get(entry) ?? priority, rest);
    const pending = [...shown.keys()].filter(({ known, ended }) => known.status === 'PENDING' && ended === undefined);
    if (reading.kind === 'rows') this.#ports.shared?.onPage(pending, reading.rows.size / Math.max(1, own?.rows ?? 0));
  }

  /** What the rows tell of the channel: which are of deliveries that are followed here, or were, and when. */
  #ownOf(rows: ReadonlyMap<string, Row>, order: PageOrder): OwnRows {
    const timed = Array.from(rows, ([messageId, { createdAt }]) => {
      return { createdAt, sentAt: this.#ports.ledger.findMessage(messageId, order)?.known.sentAt };
    });
    const own = timed.flatMap(({ sentAt }) => (sentAt === undefined ? [] : [sentAt]));
    return { rows: own.length, oldest: Math.min(...own), newest: Math.max(...own), times: timesOf(timed) };
  }

  /** Every pending delivery that the rows tell of, also of whom it was not asked. */
  #shownBy(rows: ReadonlyMap<string, Row>, order: PageOrder): Map<Entry, Evidence> {
    const { ledger, findPending, onUnknownWord } = this.#ports;
    const at = steadyNow();
    const shown = new Map<Entry, Evidence>();
    for (const [messageId, { status, word, detail, shown: fields }] of rows) {
      // A row without a status says nothing that can be reported.
      if (word === undefined || word === null) continue;
      if (status === undefined) onUnknownWord(word);
      const entry = findPending(messageId, order);
      if (entry !== undefined)
        shown.set(entry, { kind: 'said', source: 'list', at, status: status ?? 'PENDING', detail });
      for (const edit of ledger.editsOf({ ...order, messageId })) {
        if (edit.known.status !== 'PENDING') continue;
        shown.set(edit, { kind: 'edit-read', source: 'list', at, ...this.#edits.read(edit, { ...fields, status }) });
      }
    }
    // What is asked for at this moment will tell as much, and more; but an outcome is one, and saves that request.
    for (const [entry, evidence] of shown) if (this.#underWay.has(entry) && !isOutcome(evidence)) shown.delete(entry);
    return shown;
  }
}

function isOutcome(evidence: Evidence): boolean {
  return evidence.kind === 'said' && evidence.status !== 'PENDING';
}
