/** Gathers what `explain.ts` puts into words: the parts of the tracker know where a delivery is. */
import { snapshotOf, type TrackedDelivery } from '../core/delivery.ts';
import { isTerminal } from '../core/status.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Poller } from '../poll/poller.ts';
import type { PushConnections } from '../push/connection.ts';
import type { Sender } from '../send/sender.ts';
import { wallTimeOf } from '../shared/time.ts';
import { explain, type Explanation, type Facts, type NextReason } from './explain.ts';

export interface ExplainParts {
  readonly http: Pick<HttpClient, 'budgetOf'>;
  readonly push: Pick<PushConnections, 'isUp'>;
  readonly sender: Pick<Sender, 'stageOf'>;
  readonly poller: Pick<Poller, 'stageOf'>;
}

export function explainDelivery(delivery: TrackedDelivery, parts: ExplainParts): Explanation {
  const { record, dueAt } = delivery;
  const { suspended, ...budget } = parts.http.budgetOf(record.chimeBearer);
  const why = whyNext(delivery, parts);
  const facts: Facts = {
    state: snapshotOf(delivery),
    lastEvidence: lastEvidenceOf(delivery),
    next: why && {
      at: dueAt < Infinity && why !== 'response' && why !== 'turn' ? wallTimeOf(dueAt) : undefined,
      why: suspended ? 'credentials' : why,
    },
    link: parts.push.isUp(record.chimeBearer) ? 'up' : 'down',
    budget,
    suspended,
  };
  return explain(facts, Date.now());
}

function whyNext(delivery: TrackedDelivery, { sender, poller, push }: ExplainParts): NextReason | undefined {
  const { status, missingCount, chimeBearer } = delivery.record;
  if (isTerminal(status) || delivery.endError !== undefined) return undefined;
  if (status === 'SENDING') {
    const stage = sender.stageOf(delivery);
    if (stage === 'backing-off') return 'attempt';
    return stage === 'in-flight' ? 'response' : 'turn';
  }
  const stage = poller.stageOf(delivery);
  if (stage === 'in-flight') return 'response';
  if (stage === 'queued') return 'turn';
  if (missingCount > 0) return 'confirmation';
  return push.isUp(chimeBearer) ? 'push' : 'poll';
}

function lastEvidenceOf({ lastEvidence }: TrackedDelivery): Explanation['lastEvidence'] {
  if (lastEvidence === undefined) return undefined;
  const { kind, at } = lastEvidence;
  return { kind, at: wallTimeOf(at), ...('source' in lastEvidence ? { source: lastEvidence.source } : {}) };
}
