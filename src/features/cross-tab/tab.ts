/**
 * One tab among those of its origin and bearer, from the moment when it joins them until it leaves. One of them leads:
 * it takes the polls of all, and its budget is everybody's. What it finds, and what any of them hears, each judges for
 * itself. No tab depends on a leader that does not answer: the lead is taken from it. No tab depends on locks or a
 * channel that do not work, either: it then leaves the others, and works alone.
 */
import type { MessageAddress } from '../../core/identity.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import type { Permit, Priority } from '../../core/ports/http.ts';
import type { Logger } from '../../shared/client.ts';
import type { TrackedDelivery } from '../../core/delivery.ts';
import { monotonicNow, monotonicTimeOf, wallTimeOf } from '../../shared/time.ts';
import { LeaderElection } from './leader-election.ts';
import { FailureDetector } from './failure-detector.ts';
import { containedLocks, type TabEnvironment } from './environment.ts';
import { RemotePermits } from './remote-permits.ts';
import { TabChannel } from './channel.ts';
import { RemotePolls, type RemotePollsPorts } from './remote-polls.ts';
import {
  channelName,
  parsePeerDelivery,
  type PollRequest,
  type PeerDelivery,
  type RemoteResult,
  type TabMessage,
} from './protocol.ts';
import { Presence } from './presence.ts';
import { lockOf, Peers } from './peers.ts';
import { Heartbeat } from './heartbeat.ts';

export interface TabPorts extends RemotePollsPorts {
  readonly environment: TabEnvironment;
  readonly chimeBearer: string;
  readonly requestTimeoutMs: number;
  /** The pace of the budget. */
  readonly requestsPerSecond: number;
  readonly logger: Logger | undefined;
  /** A permit from this tab's own budget. */
  readonly acquire: (chimeBearer: string, priority: Priority, signal: AbortSignal) => Promise<Permit>;
  readonly onThrottled: (chimeBearer: string, retryAfterMs: number | undefined) => void;
  /** Others have just spent this tab's budget. */
  readonly drainTokens: () => void;
  /** Who polls in our place has changed. */
  readonly reclaimDelegated: () => void;
  /** Whether this tab leads, as soon as that is known, and when it changes. */
  readonly onLeader: (own: boolean) => void;
  /** Locks or the channel do not work. Called once, and never from within a call of this class. */
  readonly onFailure: (error: unknown) => void;
  /** Another tab has heard that a channel was deleted. */
  readonly onChannelDeleted: (channelArn: string, at: number) => void;
  /** A tab has ended, and left these. */
  readonly onPeerGone: (deliveries: readonly PeerDelivery[]) => void;
  /** The sends of this tab that nobody has answered, to be handed over. */
  readonly unconfirmedSends: () => readonly Pick<PeerDelivery, 'id' | 'input' | 'knownUnsent'>[];
}

type Leader = Pick<Extract<TabMessage, { kind: 'leader' }>, 'isVisible' | 'hasCredentials'> & { readonly tab: string };

/** The least time from one taking of the lead from a leader that answers to the next, in milliseconds. */
const STEAL_AGAIN_MS = 1_000;
/** How long a tab that has come leaves a hidden leader in place until it knows what all tabs have, in milliseconds. */
const DISCOVERED_MS = 30_000;

export class Tab {
  readonly #ports: TabPorts;
  readonly #joinedAt = monotonicNow();
  /** Where there are locks, the context is secure, and there is this. */
  readonly #id: string = crypto.randomUUID();
  readonly #channel: TabChannel;
  readonly #election: LeaderElection;
  readonly #peers: Peers;
  readonly #permits: RemotePermits;
  readonly #polls: RemotePolls;
  readonly #heartbeat: Heartbeat;
  readonly presence: Presence;
  /** Undefined while it is not known, and while it is this tab. */
  #leader: Leader | undefined;
  /** Another tab was ever heard. */
  #hasPeers = false;
  /** Whether the credentials of this tab work. */
  #hasWorkingCredentials: boolean;
  readonly #failures = new FailureDetector();
  #hasFailed = false;
  /** When this tab took the lead from a leader that answers, by the monotonic clock. */
  #stoleAt = -Infinity;

  constructor(ports: TabPorts, pending: ReadonlyMap<string, DeliveryRecord>, hasCredentials: boolean) {
    const { environment, chimeBearer, acquire, requestTimeoutMs, requestsPerSecond } = ports;
    const locks = containedLocks(environment.locks);
    const name = channelName(chimeBearer);
    const onFailure = (error: unknown): void => this.#fail(error);
    this.#ports = ports;
    this.#hasWorkingCredentials = hasCredentials;
    this.#channel = new TabChannel(environment, name, this.#id, {
      onMessage: (from, message) => this.#onMessage(from, message),
      onFailure,
    });
    const post = (message: TabMessage): void => this.#channel.post(message);
    this.#polls = new RemotePolls(ports, post);
    this.#permits = new RemotePermits({ post, acquire, requestTimeoutMs, requestsPerSecond });
    this.#peers = new Peers(locks, name, (tab) => this.#takeOver(tab));
    this.presence = new Presence(pending, { locks, lock: lockOf(name, this.#id), post, onFailure });
    this.#heartbeat = new Heartbeat({
      isNeeded: () => pending.size > 0 || this.#permits.waiting,
      delegate: (heldUp) => {
        post({ kind: 'ping' });
        // It may have lost the lead for a moment, and has forgotten them then.
        if (heldUp) this.#permits.progress();
        if (this.#permits.stuck) this.#permits.giveUp();
        else this.#permits.requestAgain();
      },
      onTimeout: () => this.#replaceLeader(),
    });
    this.#election = new LeaderElection({
      locks,
      name,
      onElected: (taken) => this.#becomeLeader(taken),
      onLost: () => {
        this.#resign();
        post({ kind: 'ping' });
        this.#heartbeat.expect();
      },
      onUnavailable: onFailure,
    });
    post({ kind: 'hello' });
    this.#heartbeat.expect();
    this.#election.join();
  }

  owns(delivery: Pick<PeerDelivery, 'id' | keyof MessageAddress>): boolean {
    return this.#peers.has(delivery);
  }

  /** Whether another tab polls in our place, or will as soon as it is known which one. */
  get #hasLeader(): boolean {
    return !this.#hasFailed && !this.#election.isLeader && this.#leader?.hasCredentials !== false;
  }

  delegate(delivery: TrackedDelivery, priority: PollRequest['priority']): boolean {
    if (!this.#hasLeader) return false;
    this.#polls.request(delivery, priority);
    this.#heartbeat.expect();
    return true;
  }

  publishResult(result: RemoteResult): void {
    if (this.#hasPeers) this.#polls.publish(result);
  }

  publishChannelDeleted(channelArn: string, at: number): void {
    if (this.#hasPeers) this.#channel.post({ kind: 'channel-deleted', channelArn, at: wallTimeOf(at) });
  }

  async acquireShared(
    chimeBearer: string,
    priority: Priority,
    signal: AbortSignal | undefined,
  ): Promise<Permit | undefined> {
    if (!this.#hasLeader) return undefined;
    this.#heartbeat.expect();
    return this.#permits.request(chimeBearer, priority, signal);
  }

  onThrottled(chimeBearer: string, retryAfterMs: number | undefined): void {
    if (this.#hasLeader || this.#hasPeers) this.#channel.post({ kind: 'throttled', chimeBearer, retryAfterMs });
  }

  /** With credentials that do not work nobody should lead. */
  set hasCredentials(hasCredentials: boolean) {
    this.#hasWorkingCredentials = hasCredentials;
    if (!this.#election.isLeader) {
      if (hasCredentials && this.#leader?.hasCredentials === false) this.#election.steal();
    } else if (hasCredentials) this.#announceLeader();
    else {
      this.#resign();
      this.#election.join();
    }
  }

  /** The tab is shown, or no longer. */
  onVisibilityChange(): void {
    if (this.#election.isLeader) return this.#announceLeader();
    if (!this.#isVisible()) return;
    this.#channel.post({ kind: 'ping' });
    this.#heartbeat.expect();
  }

  onFreeze(): void {
    this.#resign();
    this.#peers.close();
    this.#election.close();
  }

  onResume(): void {
    this.#election.join();
  }

  /** Leaves the others, and, unless something here does not work, what is pending to them. */
  close(unconfirmedSends: readonly Pick<PeerDelivery, 'id' | 'input' | 'knownUnsent'>[]): void {
    if (this.#hasFailed) this.presence.withdraw();
    else this.presence.handOver(unconfirmedSends);
    this.#hasFailed = true;
    this.#resign();
    this.#heartbeat.stop();
    this.#permits.fallBackToLocal();
    this.#election.close();
    this.#peers.close();
    this.presence.close();
    this.#channel.close();
  }

  #becomeLeader(taken: boolean): void {
    const { drainTokens, reclaimDelegated, onLeader } = this.#ports;
    this.#leader = undefined;
    this.#failures.onBecameLeader();
    this.#heartbeat.stop();
    // Whoever led before may have spent in this very second what this tab's own budget still believes to have.
    if (taken || this.#hasPeers) drainTokens();
    this.#announceLeader();
    this.#permits.fallBackToLocal();
    this.#channel.post({ kind: 'list-request', known: this.#peers.known });
    this.#peers.watchAll(this.#id, () => onLeader(true));
    reclaimDelegated();
  }

  #resign(): void {
    this.#permits.revokeAll();
    this.#peers.stopWatching();
    this.#ports.stopPollingFor();
  }

  #followLeader(leader: Leader): void {
    const { reclaimDelegated, onLeader } = this.#ports;
    if (this.#election.isLeader) return this.#failIf(this.#failures.onRival(leader.tab));
    const before = this.#leader;
    const news = before?.tab !== leader.tab || before.hasCredentials !== leader.hasCredentials;
    if (before !== undefined && before.tab !== leader.tab && !this.#failures.mayChange(before.tab, leader.tab)) return;
    this.#leader = leader;
    this.#considerStealing();
    if (!news) return;
    if (leader.hasCredentials) this.#permits.requestAgain();
    else this.#permits.fallBackToLocal();
    reclaimDelegated();
    onLeader(false);
  }

  #onMessage(from: string, message: TabMessage): void {
    const { isLeader } = this.#election;
    this.#hasPeers = true;
    if (from === this.#leader?.tab || message.kind === 'leader') this.#heartbeat.received();
    if (from === this.#leader?.tab && message.kind !== 'leader') this.#permits.progress();
    switch (message.kind) {
      case 'hello':
        this.presence.introduce();
        if (isLeader) this.#announceLeader();
        return;
      case 'list-request':
        if (!message.known.includes(this.#id)) this.presence.tellAll();
        return;
      case 'ping':
        if (isLeader) this.#announceLeader();
        return;
      case 'leader':
        return this.#followLeader({ ...message, tab: from });
      case 'deliveries':
        this.#peers.update(from, message);
        if (message.remaining > 0) return;
        // What was said before has not reached this tab.
        if (isLeader && !this.#peers.knows(from))
          this.#channel.post({ kind: 'list-request', known: this.#peers.known });
        else if (!isLeader) this.#considerStealing();
        return;
      case 'peer-gone':
        return void this.#peers.remove(message.tab);
      case 'poll':
        if (!isLeader) return;
        this.#announceLeader();
        if (this.#hasWorkingCredentials) for (const ask of message.polls) this.#polls.serve(ask);
        return;
      case 'result':
        return this.#polls.apply(message.results);
      case 'permit-request':
        if (!isLeader) return;
        this.#announceLeader();
        if (this.#hasWorkingCredentials) this.#permits.grant(from, message);
        return;
      case 'permit-grant':
        if (message.to === this.#id) this.#permits.onGranted(message.n);
        return;
      case 'permit-return':
        return this.#permits.onReturned(from, message.n, message.used);
      case 'channel-deleted':
        return this.#ports.onChannelDeleted(message.channelArn, monotonicTimeOf(message.at));
      case 'throttled':
        this.#permits.progress(message.retryAfterMs);
        if (isLeader) this.#ports.onThrottled(message.chimeBearer, message.retryAfterMs);
    }
  }

  /** With credentials that work, before a leader without; shown, before a hidden one, which may be slow. */
  #considerStealing(): void {
    if (this.#leader === undefined || !this.#hasWorkingCredentials) return;
    const { hasCredentials, isVisible } = this.#leader;
    // A hidden leader leads well enough until the tab knows what it would have to be told as the leader.
    const isIntroduced = this.#peers.isComplete || monotonicNow() - this.#joinedAt > DISCOVERED_MS;
    if (hasCredentials && (isVisible || !this.#isVisible() || !isIntroduced)) return;
    // Where two tabs believe to lead, none that hears both takes the lead at each word of theirs.
    if (monotonicNow() - this.#stoleAt < STEAL_AGAIN_MS) return;
    this.#stoleAt = monotonicNow();
    this.#election.steal();
  }

  /** The leader does not answer. */
  #replaceLeader(): void {
    const error = this.#failures.onTimeout(this.#leader?.tab ?? '', this.#election.stealingMs);
    if (error !== undefined) return this.#fail(error);
    this.#election.steal();
    // Until it is granted, too.
    this.#heartbeat.expect();
  }

  #failIf(error: Error | undefined): void {
    if (error !== undefined) this.#fail(error);
  }

  /** From now on this tab asks nothing of the others. */
  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    void Promise.resolve().then(() => this.#ports.onFailure(error));
  }

  /** A tab is no more. */
  #takeOver(tab: string): void {
    const deliveries = this.#peers.remove(tab).map((told) => parsePeerDelivery(told, Date.now()));
    this.#channel.post({ kind: 'peer-gone', tab });
    if (deliveries.length > 0) this.#ports.onPeerGone(deliveries);
  }

  #announceLeader(): void {
    this.#channel.post({ kind: 'leader', isVisible: this.#isVisible(), hasCredentials: this.#hasWorkingCredentials });
  }

  #isVisible(): boolean {
    return this.#ports.environment.document.visibilityState === 'visible';
  }
}
