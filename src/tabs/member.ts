/**
 * One tab among those of its origin and bearer, from the moment when it joins them until it leaves. One of them leads: it
 * takes the looks of all, and its budget is everybody's. What it finds, and what any of them hears, each judges for itself.
 * No tab depends on a leader that does not answer: the lead is taken from it. No tab depends on locks or a channel that do not
 * work, either: it then leaves the others, and works alone.
 */
import type { MessageAddress } from '../core/identity.ts';
import type { Known } from '../core/known.ts';
import type { Logger, Permit, Priority } from '../core/ports.ts';
import type { Entry } from '../core/entry.ts';
import { steadyNow, steadyTimeOf, wallTimeOf } from '../core/time.ts';
import { Election } from './election.ts';
import { Doubts } from './doubts.ts';
import { containedLocks, type TabEnvironment } from './environment.ts';
import { Leaves } from './leaves.ts';
import { Line } from './line.ts';
import { Looks, type LooksPorts } from './looks.ts';
import { nameFor, readFacts, type Ask, type Facts, type Finding, type Message } from './message.ts';
import { Presence } from './presence.ts';
import { lockOf, Roster } from './roster.ts';
import { Vigil } from './vigil.ts';

export interface MemberPorts extends LooksPorts {
  readonly environment: TabEnvironment;
  readonly chimeBearer: string;
  readonly requestTimeoutMs: number;
  /** The pace of the budget. */
  readonly requestsPerSecond: number;
  readonly logger: Logger | undefined;
  /** Leave from this tab's own budget. */
  readonly acquire: (chimeBearer: string, priority: Priority, signal: AbortSignal) => Promise<Permit>;
  readonly throttle: (chimeBearer: string, retryAfterMs: number | undefined) => void;
  /** Others have just spent this tab's budget. */
  readonly empty: () => void;
  /** Who looks in our place has changed. */
  readonly takeBack: () => void;
  /** Whether this tab leads, as soon as that is known, and when it changes. */
  readonly onLeader: (own: boolean) => void;
  /** Locks or the channel do not work. Called once, and never from within a call of this class. */
  readonly onFailure: (error: unknown) => void;
  /** Another tab has heard that a channel was deleted. */
  readonly onChannelDeleted: (channelArn: string, at: number) => void;
  /** A tab has ended, and left these. */
  readonly onLegacy: (facts: readonly Facts[]) => void;
  /** The sends of this tab that nobody has answered, to be handed over. */
  readonly unanswered: () => readonly Pick<Facts, 'id' | 'input' | 'held'>[];
}

type Lead = Pick<Extract<Message, { kind: 'lead' }>, 'visible' | 'able'> & { readonly tab: string };

/** The least time from one taking of the lead from a leader that answers to the next, in milliseconds. */
const TAKE_AGAIN_MS = 1_000;
/** How long a tab that has come leaves a hidden leader in place until it knows what all tabs have, in milliseconds. */
const INTRODUCED_MS = 30_000;

export class Member {
  readonly #ports: MemberPorts;
  readonly #joinedAt = steadyNow();
  /** Where there are locks, the context is secure, and there is this. */
  readonly #id: string = crypto.randomUUID();
  readonly #line: Line;
  readonly #election: Election;
  readonly #roster: Roster;
  readonly #leaves: Leaves;
  readonly #looks: Looks;
  readonly #vigil: Vigil;
  readonly presence: Presence;
  /** Undefined while it is not known, and while it is this tab. */
  #leader: Lead | undefined;
  /** Another tab was ever heard. */
  #met = false;
  /** Whether the credentials of this tab work. */
  #able: boolean;
  readonly #doubts = new Doubts();
  #hasFailed = false;
  /** When this tab took the lead from a leader that answers, by the steady clock. */
  #tookAt = -Infinity;

  constructor(ports: MemberPorts, pending: ReadonlyMap<string, Known>, able: boolean) {
    const { environment, chimeBearer, acquire, requestTimeoutMs, requestsPerSecond } = ports;
    const locks = containedLocks(environment.locks);
    const name = nameFor(chimeBearer);
    const onFailure = (error: unknown): void => this.#fail(error);
    this.#ports = ports;
    this.#able = able;
    this.#line = new Line(environment, name, this.#id, {
      onMessage: (from, message) => this.#hear(from, message),
      onFailure,
    });
    const post = (message: Message): void => this.#line.post(message);
    this.#looks = new Looks(ports, post);
    this.#leaves = new Leaves({ post, acquire, requestTimeoutMs, requestsPerSecond });
    this.#roster = new Roster(locks, name, (tab) => this.#inherit(tab));
    this.presence = new Presence(pending, { locks, lock: lockOf(name, this.#id), post, onFailure });
    this.#vigil = new Vigil({
      isNeeded: () => pending.size > 0 || this.#leaves.waiting,
      ask: (heldUp) => {
        post({ kind: 'ping' });
        // It may have lost the lead for a moment, and has forgotten them then.
        if (heldUp) this.#leaves.progress();
        if (this.#leaves.stuck) this.#leaves.giveUp();
        else this.#leaves.askAgain();
      },
      onSilence: () => this.#replaceLeader(),
    });
    this.#election = new Election({
      locks,
      name,
      onLead: (taken) => this.#lead(taken),
      onLost: () => {
        this.#stepDown();
        post({ kind: 'ping' });
        this.#vigil.begin();
      },
      onUnavailable: onFailure,
    });
    post({ kind: 'who' });
    this.#vigil.begin();
    this.#election.queue();
  }

  has(delivery: Pick<Facts, 'id' | keyof MessageAddress>): boolean {
    return this.#roster.has(delivery);
  }

  /** Whether another tab looks in our place, or will as soon as it is known which one. */
  get #follows(): boolean {
    return !this.#hasFailed && !this.#election.leading && this.#leader?.able !== false;
  }

  ask(entry: Entry, priority: Ask['priority']): boolean {
    if (!this.#follows) return false;
    this.#looks.ask(entry, priority);
    this.#vigil.begin();
    return true;
  }

  tell(finding: Finding): void {
    if (this.#met) this.#looks.tell(finding);
  }

  tellChannelDeleted(channelArn: string, at: number): void {
    if (this.#met) this.#line.post({ kind: 'channel-deleted', channelArn, at: wallTimeOf(at) });
  }

  async leave(chimeBearer: string, priority: Priority, signal: AbortSignal | undefined): Promise<Permit | undefined> {
    if (!this.#follows) return undefined;
    this.#vigil.begin();
    return this.#leaves.ask(chimeBearer, priority, signal);
  }

  throttled(chimeBearer: string, retryAfterMs: number | undefined): void {
    if (this.#follows || this.#met) this.#line.post({ kind: 'slow', chimeBearer, retryAfterMs });
  }

  /** With credentials that do not work nobody should lead. */
  set able(able: boolean) {
    this.#able = able;
    if (!this.#election.leading) {
      if (able && this.#leader?.able === false) this.#election.take();
    } else if (able) this.#sayLead();
    else {
      this.#stepDown();
      this.#election.queue();
    }
  }

  /** The tab is shown, or no longer. */
  seen(): void {
    if (this.#election.leading) return this.#sayLead();
    if (!this.#isVisible()) return;
    this.#line.post({ kind: 'ping' });
    this.#vigil.begin();
  }

  freeze(): void {
    this.#stepDown();
    this.#roster.close();
    this.#election.close();
  }

  resume(): void {
    this.#election.queue();
  }

  /** Leaves the others, and, unless something here does not work, what is pending to them. */
  close(unanswered: readonly Pick<Facts, 'id' | 'input' | 'held'>[]): void {
    if (this.#hasFailed) this.presence.withdraw();
    else this.presence.handOver(unanswered);
    this.#hasFailed = true;
    this.#stepDown();
    this.#vigil.stop();
    this.#leaves.goAlone();
    this.#election.close();
    this.#roster.close();
    this.presence.close();
    this.#line.close();
  }

  #lead(taken: boolean): void {
    const { empty, takeBack, onLeader } = this.#ports;
    this.#leader = undefined;
    this.#doubts.lead();
    this.#vigil.stop();
    // Whoever led before may have spent in this very second what this tab's own budget still believes to have.
    if (taken || this.#met) empty();
    this.#sayLead();
    this.#leaves.goAlone();
    this.#line.post({ kind: 'list', known: this.#roster.known });
    this.#roster.watch(this.#id, () => onLeader(true));
    takeBack();
  }

  #stepDown(): void {
    this.#leaves.takeBack();
    this.#roster.unwatch();
    this.#ports.dismiss();
  }

  #follow(leader: Lead): void {
    const { takeBack, onLeader } = this.#ports;
    if (this.#election.leading) return this.#failIf(this.#doubts.rival(leader.tab));
    const before = this.#leader;
    const news = before?.tab !== leader.tab || before.able !== leader.able;
    if (before !== undefined && before.tab !== leader.tab && !this.#doubts.mayChange(before.tab, leader.tab)) return;
    this.#leader = leader;
    this.#considerTaking();
    if (!news) return;
    if (leader.able) this.#leaves.askAgain();
    else this.#leaves.goAlone();
    takeBack();
    onLeader(false);
  }

  #hear(from: string, message: Message): void {
    const { leading } = this.#election;
    this.#met = true;
    if (from === this.#leader?.tab || message.kind === 'lead') this.#vigil.heard();
    if (from === this.#leader?.tab && message.kind !== 'lead') this.#leaves.progress();
    switch (message.kind) {
      case 'who':
        this.presence.introduce();
        if (leading) this.#sayLead();
        return;
      case 'list':
        if (!message.known.includes(this.#id)) this.presence.tellAll();
        return;
      case 'ping':
        if (leading) this.#sayLead();
        return;
      case 'lead':
        return this.#follow({ ...message, tab: from });
      case 'have':
        this.#roster.take(from, message);
        if (message.left > 0) return;
        // What was said before has not reached this tab.
        if (leading && !this.#roster.knows(from)) this.#line.post({ kind: 'list', known: this.#roster.known });
        else if (!leading) this.#considerTaking();
        return;
      case 'gone':
        return void this.#roster.delete(message.tab);
      case 'ask':
        if (!leading) return;
        this.#sayLead();
        if (this.#able) for (const ask of message.asks) this.#looks.answer(ask);
        return;
      case 'found':
        return this.#looks.learn(message.found);
      case 'leave':
        if (!leading) return;
        this.#sayLead();
        if (this.#able) this.#leaves.give(from, message);
        return;
      case 'grant':
        if (message.to === this.#id) this.#leaves.granted(message.n);
        return;
      case 'done':
        return this.#leaves.returned(from, message.n, message.used);
      case 'channel-deleted':
        return this.#ports.onChannelDeleted(message.channelArn, steadyTimeOf(message.at));
      case 'slow':
        this.#leaves.progress(message.retryAfterMs);
        if (leading) this.#ports.throttle(message.chimeBearer, message.retryAfterMs);
    }
  }

  /** With credentials that work, before a leader without; shown, before a hidden one, which may be slow. */
  #considerTaking(): void {
    if (this.#leader === undefined || !this.#able) return;
    const { able, visible } = this.#leader;
    // A hidden leader leads well enough until the tab knows what it would have to be told as the leader.
    const isIntroduced = this.#roster.isComplete || steadyNow() - this.#joinedAt > INTRODUCED_MS;
    if (able && (visible || !this.#isVisible() || !isIntroduced)) return;
    // Where two tabs believe to lead, none that hears both takes the lead at each word of theirs.
    if (steadyNow() - this.#tookAt < TAKE_AGAIN_MS) return;
    this.#tookAt = steadyNow();
    this.#election.take();
  }

  /** The leader does not answer. */
  #replaceLeader(): void {
    const error = this.#doubts.silence(this.#leader?.tab ?? '', this.#election.takingMs);
    if (error !== undefined) return this.#fail(error);
    this.#election.take();
    // Until it is granted, too.
    this.#vigil.begin();
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
  #inherit(tab: string): void {
    const facts = this.#roster.delete(tab).map((told) => readFacts(told, Date.now()));
    this.#line.post({ kind: 'gone', tab });
    if (facts.length > 0) this.#ports.onLegacy(facts);
  }

  #sayLead(): void {
    this.#line.post({ kind: 'lead', visible: this.#isVisible(), able: this.#able });
  }

  #isVisible(): boolean {
    return this.#ports.environment.document.visibilityState === 'visible';
  }
}
