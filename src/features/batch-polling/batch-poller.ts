/**
 * Polls several deliveries of a channel by one page of ListChannelMessages, where `channel-pages.ts` finds that it pays,
 * and reports what the rows show. `shared-polls.ts` plans the next page for the deliveries that are still pending.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Permit, PollPriority } from '../../core/ports/http.ts';
import type { BatcherPorts, BatchResult, PollBatcher } from '../../core/ports/poll-batcher.ts';
import { monotonicNow } from '../../shared/time.ts';
import { ChannelPages, type OwnRows, type PagePick } from './channel-pages.ts';
import { IndividualPolls } from './individual-polls.ts';
import { fetchPage, type PageAddress, type PageResult, type Row } from './list-messages.ts';
import type { RateBudget } from './page-economics.ts';
import { timesOf } from './page-window.ts';
import { SharedPolls } from './shared-polls.ts';

type Rows = ReadonlyMap<string, Row>;

const NO_ROWS: Rows = new Map();

export class BatchPoller implements PollBatcher {
  readonly #ports: BatcherPorts;
  readonly #pages: ChannelPages;
  readonly #shared: SharedPolls;
  readonly #individual = new IndividualPolls();

  constructor(ports: BatcherPorts, limit: RateBudget) {
    this.#ports = ports;
    this.#pages = new ChannelPages(limit, ports.random);
    this.#shared = new SharedPolls(ports.random);
  }

  batchDelay(deliveries: readonly TrackedDelivery[], withinMs: number, now: number): number | undefined {
    const [first] = deliveries;
    if (first === undefined || !this.#mayList(first)) return undefined;
    const { chimeBearer, channelArn } = first.record;
    return this.#pages.delay(deliveries, withinMs, now, this.#ports.pushStatus?.activityIn?.(chimeBearer, channelArn));
  }

  announce(delivery: TrackedDelivery, at: number): void {
    this.#shared.announce(delivery, at);
  }

  onIndividualPending(delivery: TrackedDelivery): void {
    this.#pages.readmit(delivery);
    const { planner, inFlight } = this.#ports;
    if (planner?.individualDelay(delivery) === undefined || !this.#mayList(delivery)) return;
    const others = this.#individual.add(delivery).filter((each) => !inFlight.has(each));
    const page = this.#pages.togetherWith(delivery, others, monotonicNow());
    if (page !== undefined) this.#planNext(page.deliveries, page.rowsEach);
  }

  poll(delivery: TrackedDelivery, priority: PollPriority, permit: Permit): boolean {
    const { waiting, planner } = this.#ports;
    const now = monotonicNow();
    const page = this.#mayList(delivery) ? this.#pages.pick(delivery, waiting.sameChannel(delivery), now) : undefined;
    if (page !== undefined) {
      void this.#pollPage(page, priority, permit);
      return true;
    }
    if (priority !== 'poll') return false;
    const at = this.#pages.answerAt(delivery, now) ?? this.#shared.pageAt(delivery, now);
    if (at === undefined || planner?.postpone(delivery, at) !== true) return false;
    permit.refund();
    return true;
  }

  #mayList({ record }: TrackedDelivery): boolean {
    return this.#ports.permissions.allows(record, 'list', monotonicNow());
  }

  async #pollPage({ address, deliveries, ...pass }: PagePick, priority: PollPriority, permit: Permit): Promise<void> {
    const { http, waiting, inFlight, onRequest, onResult } = this.#ports;
    const priorities = new Map(deliveries.map((delivery) => [delivery, waiting.priorityOf(delivery) ?? priority]));
    for (const delivery of deliveries) waiting.remove(delivery);
    const poll = inFlight.begin(deliveries);
    const { signal } = poll.abort;
    const begun = monotonicNow();
    const about = (): string[] => [...poll.deliveries].map(({ record }) => record.id);
    const request = { priority, permit, signal, about, onRequest: () => onRequest(poll.deliveries) };
    const response = await fetchPage(address, request, http);
    const asked = inFlight.end(poll);
    this.#learnPermission(address, response);
    const rows = response.kind === 'rows' ? response.rows : NO_ROWS;
    const shown = this.#matchRows(rows, address);
    const own = response.kind === 'rows' ? this.#ownOf(rows, address) : undefined;
    const found = new Set([...asked].filter((delivery) => shown.has(delivery)));
    this.#pages.recordPage({ address, deliveries: [...asked], ...pass }, response, found, monotonicNow(), own);
    for (const [delivery, evidence] of shown) {
      waiting.remove(delivery);
      delivery.lastAttemptAt = begun;
      // Rows that we did not ask for may be slightly ahead of push: they count as a reconcile, not as a missed push.
      onResult(delivery, priorities.get(delivery) ?? 'reconcile', { kind: 'evidence', evidence });
    }
    const rest: BatchResult = { kind: response.kind === 'nothing' ? 'suspended' : 'not-in-page' };
    for (const delivery of asked)
      if (!shown.has(delivery)) onResult(delivery, priorities.get(delivery) ?? priority, rest);
    if (response.kind === 'rows') this.#planNext([...shown.keys()], own?.rowsEach ?? 1);
  }

  #learnPermission(address: PageAddress, { kind }: PageResult): void {
    const { permissions, onListForbidden } = this.#ports;
    if (kind === 'rows') permissions.recordAllowed(address, 'list');
    if (kind !== 'forbidden') return;
    permissions.recordRefused(address, 'list', monotonicNow());
    onListForbidden(address.chimeBearer, address.channelArn);
  }

  /** @param rowsEach rows of the last page for each row of ours */
  #planNext(shown: readonly TrackedDelivery[], rowsEach: number): void {
    const { planner } = this.#ports;
    if (planner === undefined) return;
    const waits = new Map<TrackedDelivery, number>();
    for (const delivery of shown) {
      if (delivery.record.status !== 'PENDING' || delivery.endError !== undefined) continue;
      const delay = planner.individualDelay(delivery);
      if (delay !== undefined) waits.set(delivery, delay);
    }
    const { at, deliveries = [] } = this.#shared.plan(waits, rowsEach, monotonicNow()) ?? {};
    for (const delivery of deliveries) if (at !== undefined) planner.pollAt(delivery, at);
  }

  /** What the rows tell of the channel: which are of deliveries that are tracked here, and when. */
  #ownOf(rows: Rows, address: PageAddress): OwnRows {
    const timed = Array.from(rows, ([messageId, { createdAt }]) => {
      return { createdAt, sentAt: this.#ports.registry.findMessage(messageId, address)?.record.sentAt };
    });
    const own = timed.flatMap(({ sentAt }) => (sentAt === undefined ? [] : [sentAt]));
    const rowsEach = rows.size / Math.max(1, own.length);
    return { rows: own.length, rowsEach, oldest: Math.min(...own), newest: Math.max(...own), times: timesOf(timed) };
  }

  /** Every pending delivery that the rows show, also those that the page was not requested for. */
  #matchRows(rows: Rows, address: PageAddress): Map<TrackedDelivery, Evidence> {
    const { registry, findPending, readEdit, inFlight, onUnknownStatus } = this.#ports;
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
        shown.set(edit, { kind: 'edit-read', source: 'list', at, ...readEdit(edit, { ...fields, status }) });
      }
    }
    // A poll in flight will tell as much as a row, and more. An outcome is final, and saves that request.
    for (const [delivery, evidence] of shown)
      if (inFlight.has(delivery) && !isOutcome(evidence)) shown.delete(delivery);
    return shown;
  }
}

function isOutcome(evidence: Evidence): boolean {
  return evidence.kind === 'status' && evidence.status !== 'PENDING';
}
