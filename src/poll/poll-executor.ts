/**
 * Asks for whoever's turn it is: alone (`query-status.ts`), or with others of the channel by one page
 * (`batch-polling/list-messages.ts`), as `batch-polling/channel-pages.ts` advises; and hands on what was found about
 * whom. It plans nothing and reports nothing itself.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { Evidence } from '../core/evidence.ts';
import type { MessageAddress } from '../core/identity.ts';
import type { DeliveryRegistry } from '../core/delivery-registry.ts';
import type { Permit, HttpPort } from '../core/ports/http.ts';
import type { PushStatus } from '../core/ports/push-status.ts';
import { monotonicNow } from '../shared/time.ts';
import { Permissions } from './permissions.ts';
import { ChannelPages, type OwnRows, type PagePick } from '../features/batch-polling/channel-pages.ts';
import { EditReads } from './edit-reads.ts';
import { fetchPage, type PageAddress, type Row } from '../features/batch-polling/list-messages.ts';
import { queryStatus, type PollResult } from './query-status.ts';
import type { RateBudget } from '../features/batch-polling/page-economics.ts';
import { timesOf } from '../features/batch-polling/page-window.ts';
import type { EditFields } from './read-edit.ts';
import type { PollDispatcher } from './poll-dispatcher.ts';
import { InFlight } from './in-flight.ts';
import type { PollPriority } from './poll-queue.ts';

export interface SharedPages {
  /** When a page of its channel is planned, where that is soon. */
  pageAt(delivery: TrackedDelivery): number | undefined;
  /** Plans its turn for then; false: it cannot wait. */
  waitUntil(delivery: TrackedDelivery, at: number): boolean;
  /** A page has shown that these are pending. `rowsEach`: its rows for each of ours. */
  onPage(pending: readonly TrackedDelivery[], rowsEach: number): void;
}

export interface PollExecutorPorts {
  readonly registry: Pick<DeliveryRegistry, 'editsOf' | 'findMessage'>;
  /** The delivery of this message that is polled here: our own, or another tracker's. */
  readonly findPending: (messageId: string, address: MessageAddress) => TrackedDelivery | undefined;
  readonly http: HttpPort;
  readonly pushStatus?: PushStatus | undefined;
  readonly limit: RateBudget;
  readonly confirmations: number;
  /** Whether several deliveries of a channel may be settled by one page. */
  readonly batch: boolean;
  readonly random: () => number;
  readonly dispatcher: Pick<PollDispatcher, 'sameChannel' | 'priorityOf' | 'remove'>;
  /** One HTTP request left, for all of these together. */
  readonly onRequest: (deliveries: Iterable<TrackedDelivery>) => void;
  readonly onResult: (delivery: TrackedDelivery, priority: PollPriority, result: PollResult | NotInPage) => void;
  /** Where pages are planned for several together. */
  readonly shared?: SharedPages | undefined;
  readonly onUnknownStatus: (word: unknown) => void;
  /** Pages of this channel are refused to this bearer; they are not asked for again soon. */
  readonly onListForbidden: (chimeBearer: string, channelArn: string) => void;
}

/** A page did not tell of it: it has not been asked for yet. */
export interface NotInPage {
  readonly kind: 'not-in-page';
}

export class PollExecutor {
  readonly #ports: PollExecutorPorts;
  readonly #access = new Permissions();
  readonly #underWay = new InFlight();
  readonly #pages: ChannelPages;
  readonly #edits: EditReads;

  constructor(ports: PollExecutorPorts) {
    this.#ports = ports;
    this.#edits = new EditReads(ports.registry);
    this.#pages = new ChannelPages(ports.limit, ports.random);
  }

  has(delivery: TrackedDelivery): boolean {
    return this.#underWay.has(delivery);
  }

  /** Nothing more is to be learnt of it. */
  drop(delivery: TrackedDelivery): void {
    this.#underWay.drop(delivery);
  }

  close(reason: Error): void {
    this.#underWay.close(reason);
  }

  /** When a reconnect asks for these of one channel by a page, in milliseconds; undefined: each by itself. */
  batchDelay(deliveries: readonly TrackedDelivery[], withinMs: number, now: number): number | undefined {
    const [first] = deliveries;
    if (first === undefined || !this.#mayBatch(first)) return undefined;
    const { chimeBearer, channelArn } = first.record;
    return this.#pages.delay(deliveries, withinMs, now, this.#ports.pushStatus?.heardIn?.(chimeBearer, channelArn));
  }

  poll(delivery: TrackedDelivery, priority: PollPriority, permit: Permit): void {
    const { dispatcher, shared } = this.#ports;
    const page = this.#mayBatch(delivery)
      ? this.#pages.pick(delivery, dispatcher.sameChannel(delivery), monotonicNow())
      : undefined;
    if (page !== undefined) return void this.#pollPage(page, priority, permit);
    const at =
      priority === 'poll' ? (this.#pages.answerAt(delivery, monotonicNow()) ?? shared?.pageAt(delivery)) : undefined;
    if (at === undefined || shared?.waitUntil(delivery, at) !== true)
      return void this.#pollOne(delivery, priority, permit);
    permit.refund();
  }

  #mayBatch({ record }: TrackedDelivery): boolean {
    return this.#ports.batch && this.#access.allows(record, 'list', monotonicNow());
  }

  async #pollOne(delivery: TrackedDelivery, priority: PollPriority, permit: Permit): Promise<void> {
    const { http, confirmations, onUnknownStatus, onRequest, onResult } = this.#ports;
    const job = this.#underWay.begin([delivery]);
    const { signal } = job.abort;
    delivery.lastAttemptAt = monotonicNow();
    const readEdit = delivery.record.isEdit ? (shown: EditFields) => this.#edits.read(delivery, shown) : undefined;
    const result = await queryStatus(
      { record: delivery.record, priority, permit, signal, readEdit, onRequest: () => onRequest([delivery]) },
      { http, access: this.#access, confirmations, onUnknownStatus },
    );
    // Settled, forgotten or closed meanwhile: whatever came back is too late to matter.
    if (!this.#underWay.end(job).has(delivery)) return;
    if (result.kind === 'evidence' && result.evidence.kind === 'status') this.#pages.readmit(delivery);
    onResult(delivery, priority, result);
  }

  async #pollPage({ address, deliveries, ...pass }: PagePick, priority: PollPriority, permit: Permit): Promise<void> {
    const { http, dispatcher, onRequest, onResult, onListForbidden } = this.#ports;
    const priorities = new Map(deliveries.map((delivery) => [delivery, dispatcher.priorityOf(delivery) ?? priority]));
    for (const delivery of deliveries) dispatcher.remove(delivery);
    const job = this.#underWay.begin(deliveries);
    const { signal } = job.abort;
    const begun = monotonicNow();
    const request = { priority, permit, signal, onRequest: () => onRequest(job.deliveries) };
    const response = await fetchPage(address, request, http);
    const asked = this.#underWay.end(job);
    if (response.kind === 'forbidden') {
      this.#access.recordRefused(address, 'list', monotonicNow());
      onListForbidden(address.chimeBearer, address.channelArn);
    } else if (response.kind === 'rows') this.#access.recordAllowed(address, 'list');
    const shown =
      response.kind === 'rows' ? this.#matchRows(response.rows, address) : new Map<TrackedDelivery, Evidence>();
    const asWell = new Set([...asked].filter((delivery) => shown.has(delivery)));
    const own = response.kind === 'rows' ? this.#ownOf(response.rows, address) : undefined;
    this.#pages.recordPage({ address, deliveries: [...asked], ...pass }, response, asWell, monotonicNow(), own);
    for (const [delivery, evidence] of shown) {
      dispatcher.remove(delivery);
      delivery.lastAttemptAt = begun;
      // Of whom the page was not meant to tell, it may be a moment ahead of push: as little of a safety poll as a
      // reconcile.
      onResult(delivery, priorities.get(delivery) ?? 'reconcile', { kind: 'evidence', evidence });
    }
    const rest: PollResult | NotInPage = { kind: response.kind === 'nothing' ? 'suspended' : 'not-in-page' };
    for (const delivery of asked)
      if (!shown.has(delivery)) onResult(delivery, priorities.get(delivery) ?? priority, rest);
    const pending = [...shown.keys()].filter(
      ({ record, endError }) => record.status === 'PENDING' && endError === undefined,
    );
    if (response.kind === 'rows') this.#ports.shared?.onPage(pending, response.rows.size / Math.max(1, own?.rows ?? 0));
  }

  /** What the rows tell of the channel: which are of deliveries that are followed here, or were, and when. */
  #ownOf(rows: ReadonlyMap<string, Row>, address: PageAddress): OwnRows {
    const timed = Array.from(rows, ([messageId, { createdAt }]) => {
      return { createdAt, sentAt: this.#ports.registry.findMessage(messageId, address)?.record.sentAt };
    });
    const own = timed.flatMap(({ sentAt }) => (sentAt === undefined ? [] : [sentAt]));
    return { rows: own.length, oldest: Math.min(...own), newest: Math.max(...own), times: timesOf(timed) };
  }

  /** Every pending delivery that the rows tell of, also of whom it was not asked. */
  #matchRows(rows: ReadonlyMap<string, Row>, address: PageAddress): Map<TrackedDelivery, Evidence> {
    const { registry, findPending, onUnknownStatus } = this.#ports;
    const at = monotonicNow();
    const shown = new Map<TrackedDelivery, Evidence>();
    for (const [messageId, { status, raw, detail, shown: fields }] of rows) {
      // A row without a status says nothing that can be reported.
      if (raw === undefined || raw === null) continue;
      if (status === undefined) onUnknownStatus(raw);
      const delivery = findPending(messageId, address);
      if (delivery !== undefined)
        shown.set(delivery, { kind: 'status', source: 'list', at, status: status ?? 'PENDING', detail });
      for (const edit of registry.editsOf({ ...address, messageId })) {
        if (edit.record.status !== 'PENDING' || edit.record.subChannelId !== address.subChannelId) continue;
        shown.set(edit, { kind: 'edit-read', source: 'list', at, ...this.#edits.read(edit, { ...fields, status }) });
      }
    }
    // What is asked for at this moment will tell as much, and more; but an outcome is one, and saves that request.
    for (const [delivery, evidence] of shown)
      if (this.#underWay.has(delivery) && !isOutcome(evidence)) shown.delete(delivery);
    return shown;
  }
}

function isOutcome(evidence: Evidence): boolean {
  return evidence.kind === 'status' && evidence.status !== 'PENDING';
}
