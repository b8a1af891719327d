/** The counters of a tracker: its requests and their results. `tracker.stats` reads them. */
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { OutcomeEvidence, TerminalStatus } from '../core/status.ts';
import { isTerminal } from '../core/status.ts';
import type { RequestKind } from '../core/ports/http.ts';

export type RequestCounts = Record<'send' | 'status' | 'message' | 'list', number> &
  Partial<Record<RequestKind, number>>;

/** A snapshot of the counters. Everything but `pending`, `link` and `suspended` counts since the tracker was made. */
export interface DeliveryStats {
  /**
   * HTTP attempts by what they were for: SendChannelMessage, UpdateChannelMessage, GetChannelMessageStatus, GetChannelMessage,
   * ListChannelMessages, and the app's own (`call`). `update` and `call` appear with the first such request.
   */
  readonly requests: Readonly<RequestCounts>;
  /**
   * Polls of deliveries. One poll is one request or, with a confirmation, two; a page of ListChannelMessages is
   * one request, and a poll of each delivery that it shows.
   */
  readonly polls: number;
  /** 429 answers. */
  readonly throttles: number;
  /** Deliveries that ended, by status. */
  readonly settled: Readonly<Record<TerminalStatus, number>>;
  /** Deliveries that ended SENT, FAILED or DENIED, by their evidence. */
  readonly evidence: Readonly<Record<OutcomeEvidence | 'rejected', number>>;
  /** Deliveries without a terminal status now. */
  readonly pending: number;
  /** Whether push works for the tracker's own bearer, as far as is known. */
  readonly link: 'up' | 'down';
  /** Whether requests have stopped because the credentials are bad. */
  readonly suspended: boolean;
}

export class Counters {
  readonly requests: RequestCounts = { send: 0, status: 0, message: 0, list: 0 };
  polls = 0;
  throttles = 0;
  /** The bearers without requests because of their credentials. */
  readonly suspended: Set<string> = new Set();
  readonly settled: Record<TerminalStatus, number> = { SENT: 0, FAILED: 0, DENIED: 0, UNKNOWN: 0 };
  readonly evidence: Record<OutcomeEvidence | 'rejected', number> = {
    'send-response': 0,
    websocket: 0,
    prefetch: 0,
    status: 0,
    list: 0,
    message: 0,
    missing: 0,
    rejected: 0,
  };

  countRequests(kind: RequestKind, requests: number): void {
    this.requests[kind] = (this.requests[kind] ?? 0) + requests;
  }

  recordOutcome({ status, evidence }: DeliveryRecord): void {
    if (!isTerminal(status)) return;
    this.settled[status] += 1;
    if (evidence !== undefined) this.evidence[evidence] += 1;
  }

  read(now: Pick<DeliveryStats, 'pending' | 'link'>): DeliveryStats {
    const { polls, throttles } = this;
    const suspended = this.suspended.size > 0;
    const requests = { ...this.requests };
    const settled = { ...this.settled };
    const evidence = { ...this.evidence };
    return { requests, polls, throttles, settled, evidence, suspended, ...now };
  }
}
