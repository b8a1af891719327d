/**
 * One tab among those of its origin and bearer, from joining them until leaving. One tab is the leader: it polls for all tabs,
 * within one shared rate limit. Each tab decides for itself what the results and events of the others mean. No tab depends on
 * a leader that does not answer: another tab steals the lead. No tab depends on locks or a channel that do not work: it then
 * leaves the others, and works alone.
 */
import { newId } from '../../shared/new-id.ts';
import type { MessageAddress } from '../../core/identity.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import type { Permit, Priority } from '../../core/ports/http.ts';
import type { TrackedDelivery } from '../../core/delivery.ts';
import { monotonicNow, monotonicTimeOf, wallTimeOf } from '../../shared/time.ts';
import { LeaderElection } from './leader-election.ts';
import { FailureDetector } from './failure-detector.ts';
import { containedLocks } from './environment.ts';
import { RemotePermits } from './remote-permits.ts';
import { TabChannel } from './channel.ts';
import { RemotePolls } from './remote-polls.ts';
import {
  channelName,
  parsePeerDelivery,
  type PollRequest,
  type PeerDelivery,
  type RemoteResult,
  type TabMessage,
} from './protocol.ts';
import { Presence } from './presence.ts';
import { StealPolicy, type Leader } from './steal-policy.ts';
import type { TabPorts } from './tab-ports.ts';
import { lockOf, Peers } from './peers.ts';
import { Heartbeat } from './heartbeat.ts';

export class Tab {
  readonly #ports: TabPorts;
  /** `randomUUID` needs a secure context, and so do locks. */
  readonly #id: string = newId();
  readonly #channel: TabChannel;
  readonly #election: LeaderElection;
  readonly #peers: Peers;
  readonly #permits: RemotePermits;
  readonly #polls: RemotePolls;
  readonly #heartbeat: Heartbeat;
  readonly presence: Presence;
  /** Undefined while it is not known, and while this tab leads. */
  #leader: Leader | undefined;
  /** Whether a message of another tab ever arrived. */
  #hasPeers = false;
  /** Whether the credentials of this tab work. */
  #hasWorkingCredentials: boolean;
  readonly #failures = new FailureDetector();
  #hasFailed = false;
  readonly #stealPolicy = new StealPolicy(monotonicNow());

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
      ping: (wasSuspended) => {
        post({ kind: 'ping' });
        // `requestAgain`: a leader that lost the lead for a moment has forgotten the requests.
        if (wasSuspended) this.#permits.progress();
        if (this.#permits.stuck) this.#permits.giveUp();
        else this.#permits.requestAgain();
      },
      onTimeout: () => this.#replaceLeader(),
    });
    this.#election = new LeaderElection({
      locks,
      name,
      onElected: (stolen) => this.#becomeLeader(stolen),
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

  /** Whether another tab polls for this one, or will once the leader is known. */
  get #hasLeader(): boolean {
    return !this.#hasFailed && !this.#election.isLeader && !this.#isStranded;
  }

  /**
   * Whether the credentials of neither the leader nor this tab work. Each tab then probes with its own. A tab whose credentials
   * work waits for the next leader instead: it steals the lead, and so do the others. If all used their own rate limits
   * meanwhile, they would exceed the shared one.
   */
  get #isStranded(): boolean {
    return this.#leader?.hasCredentials === false && !this.#hasWorkingCredentials;
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

  /** A tab whose credentials do not work gives up the lead. */
  set hasCredentials(hasCredentials: boolean) {
    this.#hasWorkingCredentials = hasCredentials;
    if (!this.#election.isLeader) {
      if (hasCredentials && this.#leader?.hasCredentials === false) this.#election.steal();
      else if (this.#isStranded) this.#permits.fallBackToLocal();
    } else if (hasCredentials) this.#announceLeader();
    else {
      this.#resign();
      this.#election.join();
    }
  }

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

  /** Leaves the other tabs, and hands its pending deliveries over, unless its locks or channel do not work. */
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

  #becomeLeader(stolen: boolean): void {
    const { drainTokens, reclaimDelegated, onLeader } = this.#ports;
    this.#leader = undefined;
    this.#failures.onBecameLeader();
    this.#heartbeat.stop();
    // The leader before may just have spent the tokens that this tab's own rate limiter still has.
    if (stolen || this.#hasPeers) drainTokens();
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
    const isChange = before?.tab !== leader.tab || before.hasCredentials !== leader.hasCredentials;
    if (before !== undefined && before.tab !== leader.tab && !this.#failures.mayChange(before.tab, leader.tab)) return;
    this.#leader = leader;
    this.#considerStealing();
    if (!isChange) return;
    if (leader.hasCredentials) this.#permits.requestAgain();
    else if (this.#isStranded) this.#permits.fallBackToLocal();
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
        if (!message.known.includes(this.#id)) this.presence.announceAll();
        return;
      case 'ping':
        if (isLeader) this.#announceLeader();
        return;
      case 'leader':
        return this.#followLeader({ ...message, tab: from });
      case 'deliveries':
        this.#peers.update(from, message);
        if (message.remaining > 0) return;
        // Earlier messages of that tab have not reached this one.
        if (isLeader && !this.#peers.knows(from))
          this.#channel.post({ kind: 'list-request', known: this.#peers.known });
        else if (!isLeader) this.#considerStealing();
        return;
      case 'peer-gone':
        return void this.#peers.remove(message.tab);
      case 'poll':
        if (!isLeader) return;
        this.#announceLeader();
        if (this.#hasWorkingCredentials) for (const poll of message.polls) this.#polls.serve(poll);
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

  /** Steals the lead from a leader that answers, where this tab is a better one. */
  #considerStealing(): void {
    if (this.#leader === undefined) return;
    const own = { hasCredentials: this.#hasWorkingCredentials, isVisible: this.#isVisible() };
    if (this.#stealPolicy.shouldSteal(this.#leader, own, this.#peers.isComplete, monotonicNow()))
      this.#election.steal();
  }

  /** The leader does not answer. */
  #replaceLeader(): void {
    const error = this.#failures.onTimeout(this.#leader?.tab ?? '', this.#election.stealingMs);
    if (error !== undefined) return this.#fail(error);
    this.#election.steal();
    // The steal may hang as well.
    this.#heartbeat.expect();
  }

  #failIf(error: Error | undefined): void {
    if (error !== undefined) this.#fail(error);
  }

  /** From now on this tab sends no requests to the others. */
  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    void Promise.resolve().then(() => this.#ports.onFailure(error));
  }

  /** Takes over the deliveries of a tab that has ended. */
  #takeOver(tab: string): void {
    const deliveries = this.#peers.remove(tab).map((each) => parsePeerDelivery(each, Date.now()));
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
