// Defects that this library could have, each as one small change to its source: the simulation has to find them.
// `main.ts` puts each into a copy of `src`; a defect whose source text no longer exists there fails loudly.

export interface Defect {
  readonly name: string;
  /** What is wrong, in a sentence for the table. */
  readonly what: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  /** Below `src`. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Most are one edit. */
function defect(name: string, what: string, ...edits: Edit[]): Defect {
  return { name, what, edits };
}

export const defects: readonly Defect[] = [
  defect('trusts-one-miss', 'one missing status is enough for DENIED', {
    file: 'core/reduce.ts',
    find: "record.missingCount >= rules.confirmations &&\n    askedAt >= believableAt(record, rules) &&\n    (source !== 'status' || rules.confirmations === 1);",
    replace: 'askedAt >= believableAt(record, rules);',
  }),
  defect('trusts-young-misses', 'a fresh message that is not readable yet counts as denied', {
    file: 'core/reduce.ts',
    find: 'return seen ? sentAt + minAgeMs : Math.max(sentAt, restoredAt) + Math.max(minAgeMs, unseenMs);',
    replace: 'return sentAt;',
  }),
  defect('trusts-unseen-misses', 'a message that no read has ever shown counts as denied after two seconds', {
    file: 'core/reduce.ts',
    find: 'return seen ? sentAt + minAgeMs : Math.max(sentAt, restoredAt) + Math.max(minAgeMs, unseenMs);',
    replace: 'return sentAt + minAgeMs;',
  }),
  defect('ignores-removals', 'a message that was deleted counts as denied', {
    file: 'core/reduce.ts',
    find: 'return record.missingMeansDenied ? { ...record, missingMeansDenied: false } : record;',
    replace: 'return record;',
  }),
  defect('one-token-everywhere', 'one request token means one message, even in another channel', {
    file: 'core/delivery-index.ts',
    find: "record.token === token && record.evidence !== 'rejected' && isSameAddress(record, address);",
    replace: "record.token === token && record.evidence !== 'rejected';",
  }),
  defect('refused-for-good', 'a refused message is never sent again with its token', {
    file: 'core/delivery-index.ts',
    find: "record.token === token && record.evidence !== 'rejected' && isSameAddress(record, address);",
    replace: 'record.token === token && isSameAddress(record, address);',
  }),
  defect('reads-are-of-edits', 'the status of a message is mistaken for the outcome of its edit', {
    file: 'core/reduce.ts',
    find: "if (record.isEdit && (polled || source === 'prefetch')) return polled ? expireEdit(seen, at, rules) : record;",
    replace: '',
  }),
  defect('forgets-early-events', 'an event that comes before the response to the send is dropped', {
    file: 'core/early-event-buffer.ts',
    find: "if (evidence.kind === 'status' && evidence.status === 'PENDING') return;",
    replace: "if (evidence.kind === 'status') return;",
  }),
  defect('new-token-on-retry', 'each attempt of a send has its own token', {
    file: 'send/command.ts',
    find: ': new SendChannelMessageCommand(input as SendCommandInput);',
    replace:
      ': new SendChannelMessageCommand({ ...(input as SendCommandInput), ClientRequestToken: `${(input as SendCommandInput).ClientRequestToken}-${Math.random()}` });',
  }),
  defect('edit-takes-any-conflict', 'an edit ends FAILED at the first conflict, whatever is still processed', {
    file: 'send/parse-send-response.ts',
    find: "if (kind === 'conflict' && (isProcessing || conflicts < CONFLICT_RETRIES)) return",
    replace: 'if (false) return',
  }),
  defect('ignores-terminality', 'a report after the final state changes it', {
    file: 'core/reduce.ts',
    find: 'if (isTerminal(record.status)) return record;',
    replace: '',
  }),
  defect('expired-is-forbidden', 'a 403 by an expired token counts as a missing permission', {
    file: 'http/classify-error.ts',
    find: "if (isOwn && (named === 'clock-skew' || named === 'credentials')) return named;",
    replace:
      "if (isOwn && named === 'clock-skew') return named;\n  if (isOwn && named === 'credentials') return 'forbidden';",
  }),
  defect('expired-is-denied', 'a 403 by an expired token counts as a missing status', {
    file: 'poll/parse-status-response.ts',
    find: "result.failure.kind === 'not-found'",
    replace: "(result.failure.kind === 'not-found' || result.failure.kind === 'credentials')",
  }),
  defect('trusts-the-link', 'no safety polls while the link is up: a half-open socket is trusted', {
    file: 'poll/backoff.ts',
    find: 'return Math.max(quiet, floor) * (1 + SAFETY_JITTER * random);',
    replace: 'return Math.max(quiet, floor) * 1e9;',
  }),
  defect('retries-without-leave', 'retries within a request cost no permit', {
    file: 'http/http-client.ts',
    find: 'permitInHand = undefined;\n        return request(serviceRequest, permit);',
    replace:
      'permitInHand = { release: () => undefined, refund: () => undefined };\n        return request(serviceRequest, permit);',
  }),
  defect(
    'pays-for-waiting',
    'the time in which a whole burst waited adds tokens, and departures are not counted',
    {
      file: 'http/reservoir.ts',
      find: 'if (!isPaused(this.#rate, monotonicNow())) this.#held.add(permit);',
      replace: '',
    },
    {
      file: 'http/bearer-limiter.ts',
      find: 'consume: (signal) => this.#reservoir.beforeDispatch(permit, signal, () => void (isCounted = true)),',
      replace: '',
    },
  ),
  defect('trusts-blank-answers', 'an empty 200 from a proxy counts as a missing status', {
    file: 'poll/parse-status-response.ts',
    find: "return own || isObject ? { kind: 'missing' } : { kind: 'empty' };",
    replace: "return { kind: 'missing' };",
  }),
  defect('trusts-any-404', 'any 4xx counts as a response of the service', {
    file: 'http/classify-error.ts',
    find: 'const isOwn = isFromService(error);',
    replace: 'const isOwn = true;',
  }),
  defect('believes-one-403', 'one refusal of both reads is final', {
    file: 'poll/permissions.ts',
    find: 'return refusal !== undefined && now - refusal.since >= FINAL_AFTER_MS;',
    replace: 'return refusal !== undefined;',
  }),
  defect(
    'trusts-a-name',
    "a gateway's code counts as the service's response if it is the name of one of its exceptions",
    {
      file: 'http/error-origin.ts',
      find: 'if ($response !== undefined || !isNonEmptyString(name) || name === code || name === Code) return false;',
      replace: 'if (!isNonEmptyString(name)) return false;',
    },
  ),
  defect('rejects-what-arrived', 'a refusal ends a send as FAILED although an earlier attempt may have arrived', {
    file: 'send/parse-send-response.ts',
    find: "kind: mayHaveArrived ? 'unconfirmed' : 'rejected'",
    replace: "kind: 'rejected'",
  }),
  defect('goes-by-the-clock', 'durations use the wall clock', {
    file: 'shared/time.ts',
    find: "if (typeof performance?.now === 'function') return performance.now();",
    replace: "if (typeof performance?.now === 'function') return Date.now();",
  }),
  defect('starves-polls', 'polls wait as long as there are sends', {
    file: 'http/priority-queue.ts',
    find: 'const MAX_PASSED = 4;',
    replace: 'const MAX_PASSED = Infinity;',
  }),
  defect('lets-rejections-escape', 'a listener that rejects ends the process', {
    file: 'shared/call-safely.ts',
    find: 'Promise.resolve(returned).then(undefined, onError);',
    replace: 'void returned;',
  }),
  defect('never-probes', 'after the credentials were refused, nothing is ever retried', {
    file: 'http/credentials-circuit-breaker.ts',
    find: 'this.#timer = setTimeout(() => this.#allowProbe(), delay * (0.5 + this.#ports.random() / 2));',
    replace: 'void delay;',
  }),
  defect('leaves-a-timer', 'close leaves the timer of the timer queue', {
    file: 'core/timer-queue.ts',
    find: 'this.#closed = true;\n    this.#disarm();',
    replace: 'this.#closed = true;',
  }),
  defect('leaves-promises-open', 'close leaves `settled` of pending deliveries open', {
    file: 'tracker/tracker.ts',
    find: 'for (const delivery of registry.pending()) stopTracking(delivery, reason);',
    replace: '',
  }),
  defect('loses-what-was-sent', 'the record of a message is removed once the service has accepted it', {
    file: 'features/persistence/journal.ts',
    find: 'void this.#write(delivery, key, this.#recordOf(delivery), safe);',
    replace: 'safe();',
  }),
  defect('resends-with-a-new-token', 'an unanswered send of an earlier session is sent again with another token', {
    file: 'send/resume-send.ts',
    find: 'sender.resume(delivery, outgoing, knownUnsent);',
    replace:
      'sender.resume(delivery, { ...outgoing, ClientRequestToken: `${outgoing.ClientRequestToken}-2` }, knownUnsent);',
  }),
  defect('sends-before-it-is-written', 'a send leaves before its record is written', {
    file: 'send/sender.ts',
    find: 'void outbox.persist(delivery, isNew).then(() => this.#queues.ready(delivery));',
    replace: 'void outbox.persist(delivery, isNew); this.#queues.ready(delivery);',
  }),
  defect(
    'trusts-a-hint',
    'a send whose response was lost counts as never sent if the platform is offline by its own flag',
    {
      file: 'send/never-sent.ts',
      find: 'if (dispatches === 0) return true;',
      replace:
        "if (dispatches === 0 || (kind === 'unreachable' && (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false)) return true;",
    },
  ),
  defect('leaves-under-a-mark', 'a send leaves although the store may still call it unsent', {
    file: 'send/sender.ts',
    find: 'if (!isClearedNow) throw',
    replace: 'if (isClearedNow === undefined) throw',
  }),
  defect('ends-with-one-conflict', 'one 409 ends a send', {
    file: 'send/parse-send-response.ts',
    find: 'const CONFLICT_RETRIES = 4;',
    replace: 'const CONFLICT_RETRIES = 0;',
  }),
  defect('says-nothing-at-its-end', 'close does not tell the store what has not left', {
    file: 'send/sender.ts',
    find: 'this.#markUnsent(delivery, pendingSend, true);',
    replace: '',
  }),
  defect('forgets-who-closes', 'a new tracker does not wait for what the one before it is still writing', {
    file: 'features/persistence/store-connection.ts',
    find: 'this.#queue = WriteQueue.of(ports.store);',
    replace: 'this.#queue = new WriteQueue(ports.store);',
  }),
];
