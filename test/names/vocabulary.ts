// Words that were replaced by the field's own, each with what to say instead. `check.ts` finds them in new places.

export interface OldWord {
  /** Identifiers, also as a part of one (`errand`, `onErrand`, `roadKit`), and words of prose: whole, in any case. */
  readonly word: string;
  readonly instead: string;
  /** `identifier`: only as a whole identifier. `prose`: only in comments, strings and Markdown. */
  readonly only?: 'identifier' | 'prose';
  /** Uses of it that are right. */
  readonly except?: RegExp;
}

export const oldWords: readonly OldWord[] = [
  // Of code.
  { word: 'errand', instead: 'request' },
  { word: 'road', instead: 'http client, network' },
  { word: 'obstacle', instead: 'RequestFailedError' },
  { word: 'ledger', instead: 'registry' },
  { word: 'vigil', instead: 'heartbeat' },
  { word: 'roster', instead: 'peers' },
  { word: 'heir', instead: 'recoverer' },
  { word: 'legacy', instead: 'what a peer has left pending' },
  { word: 'guest', instead: 'foreign delivery' },
  { word: 'deafened', instead: 'push lost' },
  { word: 'overslept', instead: 'missed deadline poll' },
  { word: 'trouble', instead: 'failure' },
  { word: 'witness', instead: 'source, confirmation' },
  { word: 'companions', instead: 'same channel' },
  { word: 'steady', instead: 'monotonic', only: 'prose' },
  ...[
    ['steadyNow', 'monotonicNow'],
    ['steadyTimeOf', 'monotonicTimeOf'],
    ['Known', 'DeliveryRecord'],
    ['firstKnown', 'createRecord'],
    ['Entry', 'TrackedDelivery'],
    ['Asking', 'PollExecutor'],
    ['WaitingRoom', 'PollQueue'],
    ['UnderWay', 'InFlight'],
    ['Turns', 'PollDispatcher'],
    ['Rounds', 'Reconciles'],
    ['Listening', 'PushStatus'],
    ['Elsewhere', 'PollDelegate'],
    ['Archive', 'Journal'],
    ['Leaves', 'RemotePermits'],
    ['Looks', 'RemotePolls'],
    ['Said', 'StatusReported'],
    ['Unanswered', 'NoResponse'],
    ['Showing', 'HitRate'],
    ['Law', 'Distribution'],
    ['asRecord', 'asObject'],
    ['readOr', 'tryRead'],
    ['quietLogger', 'safeLogger'],
    ['toTrouble', 'classifyError'],
    ['provable', 'missingMeansDenied'],
    ['triedAt', 'lastAttemptAt'],
  ].map(([word = '', instead = '']) => ({ word, instead, only: 'identifier' as const })),
  // Of prose.
  {
    word: 'look',
    instead: 'poll',
    only: 'prose',
    except: /\blook(s|ed|ing)? (like|old|as if|up|so|for|the same|right|new|into|back)\b/i,
  },
  {
    word: 'looks',
    instead: 'polls',
    only: 'prose',
    except: /\blooks (like|old|as if|up|so|for|the same|right|new|into|back)\b/i,
  },
  { word: 'errands', instead: 'requests', only: 'prose' },
  { word: 'troubles', instead: 'failures, faults', only: 'prose' },
  { word: 'whoever', instead: 'the caller, the peer, …', only: 'prose' },
  { word: 'whom', instead: 'name the subject', only: 'prose' },
  { word: 'nobody', instead: 'no caller, no listener, …', only: 'prose' },
  { word: 'anew', instead: 'again', only: 'prose' },
  { word: 'in vain', instead: 'without success', only: 'prose' },
  { word: 'is told of', instead: 'is notified of', only: 'prose' },
  { word: 'ask for leave', instead: 'request a permit', only: 'prose' },
  { word: 'leave for', instead: 'permit for', only: 'prose' },
];

/** Where the old words are part of what is said: this list, its test, and what was released with them. */
export const exempt: readonly string[] = ['test/names/', 'CHANGELOG.md'];
