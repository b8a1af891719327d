// Defects of the kind that this library could have, each as one small change to its source: what the simulation has to
// find. `main.ts` puts each into a copy of `src`; a defect whose words are no longer found there fails loudly.

export interface Defect {
  readonly name: string;
  /** What is wrong, in a sentence for the table. */
  readonly what: string;
  /** Below `src`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

export const defects: readonly Defect[] = [
  {
    name: 'trusts-one-miss',
    what: 'one missing answer is believed',
    file: 'core/decide.ts',
    find: "misses >= rules.confirmations &&\n    at - known.sentAt >= rules.minAgeMs &&\n    (witness !== 'status' || rules.confirmations === 1);",
    replace: 'at - known.sentAt >= rules.minAgeMs;',
  },
  {
    name: 'trusts-young-misses',
    what: 'a fresh message that cannot be read yet counts as denied',
    file: 'core/decide.ts',
    find: 'at - known.sentAt >= rules.minAgeMs &&',
    replace: '',
  },
  {
    name: 'forgets-early-events',
    what: 'an event that comes before the answer to the send is forgotten',
    file: 'core/early-outcomes.ts',
    find: "if (evidence.status === 'PENDING' || this.#heard.has(key)) return;",
    replace: 'if (this.#heard.size >= 0) return;',
  },
  {
    name: 'new-token-on-retry',
    what: 'each try of a send has a token of its own',
    file: 'send/sender.ts',
    find: 'command: () => new SendChannelMessageCommand(sending.input),',
    replace:
      'command: () => new SendChannelMessageCommand({ ...sending.input, ClientRequestToken: `${sending.input.ClientRequestToken}-${Math.random()}` }),',
  },
  {
    name: 'ignores-terminality',
    what: 'what comes after the last word changes it',
    file: 'core/decide.ts',
    find: 'if (isTerminal(known.status)) return known;',
    replace: '',
  },
  {
    name: 'expired-is-forbidden',
    what: 'a 403 by an expired token counts as a missing permission',
    file: 'core/trouble.ts',
    find: "if (credentialNames.test(named)) return 'credentials';",
    replace: "if (credentialNames.test(named)) return 'forbidden';",
  },
  {
    name: 'expired-is-denied',
    what: 'a 403 by an expired token counts as a missing status',
    file: 'poll/read-answer.ts',
    find: "answer.trouble.kind === 'not-found'",
    replace: "(answer.trouble.kind === 'not-found' || answer.trouble.kind === 'credentials')",
  },
  {
    name: 'trusts-the-link',
    what: 'no safety look while the link claims to be up: a half-open socket is believed',
    file: 'poll/pace-of-looks.ts',
    find: 'return Math.max(quiet, floor) * (1 + QUIET_JITTER * random);',
    replace: 'return Math.max(quiet, floor) * 1e9;',
  },
  {
    name: 'retries-without-leave',
    what: 'retries within a request are not paid for',
    file: 'request/road.ts',
    find: 'given = undefined;\n        return withLeave(errand, permit);',
    replace:
      'given = { release: () => undefined, refund: () => undefined };\n        return withLeave(errand, permit);',
  },
  {
    name: 'pays-for-waiting',
    what: 'the time in which a whole burst waited is paid for once more',
    file: 'request/account.ts',
    find: 'if (this.#drawn > 0) this.#earn();',
    replace: '',
  },
  {
    name: 'trusts-blank-answers',
    what: 'an empty 200 from a proxy counts as a missing status',
    file: 'poll/read-answer.ts',
    find: "return own || isObject ? { kind: 'missing' } : { kind: 'empty' };",
    replace: "return { kind: 'missing' };",
  },
  {
    name: 'trusts-any-404',
    what: "a 404 that does not name the service's error counts as a missing message",
    file: 'core/trouble.ts',
    find: 'const own = !unreadable.has(named) && (!bare || $metadata?.requestId !== undefined);',
    replace: 'const own = true;',
  },
  {
    name: 'rejects-what-arrived',
    what: 'a refusal ends a send as FAILED although an earlier try may have arrived',
    file: 'send/read-send-answer.ts',
    find: "kind: mayHaveArrived ? 'lost' : 'rejected'",
    replace: "kind: 'rejected'",
  },
  {
    name: 'waits-for-the-clock',
    what: 'after the clock was set back, a denial waits until it has caught up',
    file: 'core/decide.ts',
    find: 'const known = setBack(before, at);',
    replace: 'const known = before;',
  },
  {
    name: 'never-probes',
    what: 'once the credentials were refused, nothing is ever tried again by itself',
    file: 'request/suspension.ts',
    find: 'this.#timer = setTimeout(() => this.#open(), delay * (0.5 + this.#ports.random() / 2));',
    replace: 'void delay;',
  },
  {
    name: 'leaves-a-timer',
    what: 'close leaves the timer of the schedule',
    file: 'core/schedule.ts',
    find: 'this.#closed = true;\n    this.#disarm();',
    replace: 'this.#closed = true;',
  },
  {
    name: 'leaves-promises-open',
    what: 'close leaves `settled` of what is pending open',
    file: 'tracker.ts',
    find: 'for (const entry of this.#parts.ledger.open()) endTracking(entry, reason);',
    replace: '',
  },
];
