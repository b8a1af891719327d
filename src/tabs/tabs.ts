/**
 * What tabs do for each other, as the rest of a tracker sees it: somebody else who may look in its place, leave from a budget
 * that is everybody's, and what others have found. A tab that is hidden away or closed leaves the others, one that is shown
 * again joins them anew; meanwhile, and where there is nobody, a tracker works alone.
 */
import { readOr } from '../core/as-record.ts';
import type { Entry } from '../core/entry.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Known } from '../core/known.ts';
import type { Change, MessageKey, Report } from '../core/ledger.ts';
import type { Elsewhere, Permit, Priority } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import type { Ask } from './message.ts';
import { Member, type MemberPorts } from './member.ts';
import type { TabEnvironment } from './environment.ts';
import { followPending } from './presence.ts';

export interface TabsPorts extends Omit<MemberPorts, 'environment' | 'onLeader' | 'onFailure'> {
  /** This tab has taken over from another, which may have had no time to bring back everything. */
  readonly onSuccession: () => void;
}

/** A tab whose locks or channel have failed tries them again when it is shown, but not before this, in milliseconds. */
const TRY_AGAIN_MS = 300_000;

export class Tabs implements Elsewhere {
  readonly #environment: TabEnvironment;
  /** Whether it is for this tab to bring back what an earlier life has left. */
  readonly heir: Promise<boolean>;
  readonly #pending = new Map<string, Known>();
  #onHeir: (heir: boolean) => void = () => undefined;
  #ports: TabsPorts | undefined;
  #unlisten: () => void = () => undefined;
  #member: Member | undefined;
  /** Undefined while that is not known. */
  #leads: boolean | undefined;
  #able = true;
  #isClosed = false;
  /** When the locks or the channel failed last, by the steady clock. */
  #failedAt: number | undefined;

  constructor(environment: TabEnvironment) {
    this.#environment = environment;
    this.heir = new Promise((resolve) => (this.#onHeir = resolve));
  }

  /** Joins the others. */
  join(ports: TabsPorts): void {
    this.#ports = ports;
    const { page, document } = this.#environment;
    const listeners = [
      [page, 'pagehide', () => this.#goAlone()],
      [page, 'pageshow', () => this.#join()],
      [document, 'freeze', () => this.#member?.freeze()],
      [document, 'resume', () => this.#member?.resume()],
      [document, 'visibilitychange', () => this.#onVisibility()],
    ] as const;
    for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
    this.#unlisten = () => {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    };
    this.#join();
  }

  /** Whether a tab that lives has this delivery. */
  has(delivery: Parameters<Member['has']>[0]): boolean {
    return this.#member?.has(delivery) === true;
  }

  ask(entry: Entry, priority: Ask['priority']): boolean {
    return this.#member?.ask(entry, priority) === true;
  }

  found({ messageId = '', channelArn, chimeBearer, subChannelId, update }: Known, evidence: Evidence): void {
    this.#member?.tell({ messageId, channelArn, chimeBearer, subChannelId, update, evidence: portable(evidence) });
  }

  /** What push has told here may save the others a look, or keep them from a wrong conclusion. */
  heard(report: Report): void {
    const { evidence } = report;
    if ('entry' in report || (evidence.kind === 'said' && evidence.status === 'PENDING')) return;
    const { messageId, channelArn, update, sender, subChannelId } = report.message;
    const { chimeBearer, ledger } = this.#ports ?? {};
    if (sender === undefined) return;
    const address = { channelArn, chimeBearer: sender, subChannelId };
    if (sender !== chimeBearer && ledger?.findMessage(messageId, address) === undefined) return;
    this.#member?.tell({ messageId, ...address, update, evidence });
  }

  /** A deletion keeps the others from a wrong conclusion. */
  heardRemoval({ channelArn, message }: { channelArn: string; message: MessageKey | undefined }, at: number): void {
    const { chimeBearer } = this.#ports ?? {};
    if (message === undefined) return this.#member?.tellChannelDeleted(channelArn, at);
    if (chimeBearer === undefined) return;
    // Whose message it was need not be named: each tab looks for what it may be about.
    const about = { messageId: message.messageId, channelArn, chimeBearer, subChannelId: undefined, update: false };
    this.#member?.tell({ ...about, evidence: { kind: 'removed', at } });
  }

  leave(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit | undefined> {
    return this.#member?.leave(chimeBearer, priority, signal) ?? Promise.resolve(undefined);
  }

  throttled(chimeBearer: string, retryAfterMs: number | undefined): void {
    this.#member?.throttled(chimeBearer, retryAfterMs);
  }

  /** Whether the credentials of this tab work. */
  set able(able: boolean) {
    this.#able = able;
    if (this.#member !== undefined) this.#member.able = able;
  }

  follow(change: Change): void {
    if (followPending(this.#pending, change)) this.#member?.presence.tell(change.after.id);
  }

  forget(id: string): void {
    if (this.#pending.delete(id)) this.#member?.presence.tell(id);
  }

  /** Leaves what is pending to the others. Nothing of this tab is left behind. */
  close(): void {
    this.#isClosed = true;
    this.#unlisten();
    this.#part();
  }

  #join(): void {
    const ports = this.#ports;
    if (ports === undefined || this.#member !== undefined || this.#isClosed) return;
    const environment = this.#environment;
    const onLeader = (own: boolean): void => this.#lead(own);
    const onFailure = (error: unknown): void => this.#fail(error);
    this.#member = readOr(
      // A page of an origin that may have neither locks nor channels.
      (error) => {
        onFailure(error);
        return undefined;
      },
      () => new Member({ ...ports, environment, onLeader, onFailure }, this.#pending, this.#able),
    );
  }

  #onVisibility(): void {
    const { visibilityState } = this.#environment.document;
    const isDue = this.#failedAt !== undefined && steadyNow() - this.#failedAt >= TRY_AGAIN_MS;
    if (isDue && visibilityState === 'visible') this.#join();
    this.#member?.seen();
  }

  /** Locks or the channel do not work: this tab works alone, as if there were no others. */
  #fail(error: unknown): void {
    if (this.#isClosed) return;
    const isNews = this.#failedAt === undefined;
    this.#failedAt = steadyNow();
    if (isNews)
      this.#ports?.logger?.warn('chime-delivery: tabs cannot find each other here; each looks for itself', error);
    this.#goAlone();
    this.#lead(true);
  }

  #lead(own: boolean): void {
    if (own && this.#leads === false) this.#ports?.onSuccession();
    this.#leads = own;
    this.#onHeir(own);
  }

  #goAlone(): void {
    this.#part();
    this.#ports?.takeBack();
  }

  #part(): void {
    const member = this.#member;
    this.#member = undefined;
    // Others lead meanwhile.
    this.#leads &&= false;
    member?.close(this.#ports?.unanswered() ?? []);
  }
}

/** Errors of the app's client need not survive the way to another tab. */
function portable(evidence: Evidence): Evidence {
  if (evidence.kind !== 'invalid' && evidence.kind !== 'forbidden') return evidence;
  const { name, message } = evidence.error instanceof Error ? evidence.error : new Error(String(evidence.error));
  return { ...evidence, error: { name, message } };
}
