// The channel flow: a function from a message to the processor's decision and its time. This file calls the flow and checks its
// decision; `outcomes.ts` carries it out.

import type { MessagePersistence, MessageType } from './message.ts';
import { ServiceError } from './service-error.ts';

/** The outcomes of a flow. NEVER: the processor never answers, and the message stays PENDING. */
export type Outcome = 'SENT' | 'FAILED' | 'DENIED' | 'NEVER';

/** The decision of a flow about one message. */
export interface FlowDecision {
  outcome: Outcome;
  /** Milliseconds from the acceptance of the message to its outcome. Without effect for NEVER. */
  afterMs: number;
  /** The `Status.Detail` that goes with the outcome. */
  detail?: string | undefined;
  /** The content that the processor has rewritten (documented: it may); it replaces the old one if the outcome is SENT. */
  content?: string | undefined;
}

/** A flow whose processors answer by themselves: `settle` is called once, at some time. */
export interface FlowProcess {
  start(
    settle: (
      outcome: Exclude<Outcome, 'NEVER'>,
      more: { readonly content?: string | undefined; readonly detail?: string | undefined },
    ) => void,
  ): void;
}

/** The argument of a flow. */
export interface FlowMessage {
  readonly kind: 'create' | 'update';
  readonly messageId: string;
  readonly channelArn: string;
  readonly subChannelId: string | undefined;
  readonly sender: string;
  readonly content: string;
  readonly metadata: string | undefined;
  readonly type: MessageType;
  readonly persistence: MessagePersistence;
}

/**
 * A channel flow. `undefined`: no flow processes this message, so that it is SENT at once, as the answer to the send says.
 * CONTROL messages never go through a flow (documented).
 */
export type Flow = (message: FlowMessage) => FlowDecision | undefined;

const outcomes: readonly string[] = ['SENT', 'FAILED', 'DENIED', 'NEVER'];
const longestDelayMs = 2 ** 31 - 1;

/** Calls the flow. An invalid decision becomes a 500 that says so. */
export function askFlow(flow: Flow | undefined, message: FlowMessage): FlowDecision | undefined {
  if (!flow || message.type === 'CONTROL') return undefined;
  let decision: FlowDecision | undefined;
  try {
    decision = flow(message);
  } catch (error) {
    throw new ServiceError('ServiceFailureException', `The emulator's flow threw: ${String(error)}`);
  }
  if (decision === undefined) return undefined;
  const { outcome, afterMs, content } = decision;
  if (!outcomes.includes(outcome)) {
    throw new ServiceError(
      'ServiceFailureException',
      `Expected the emulator's flow to say one of ${outcomes.join(', ')}; got ${outcome}.`,
    );
  }
  if (outcome !== 'NEVER' && !(afterMs >= 0 && afterMs <= longestDelayMs)) {
    throw new ServiceError(
      'ServiceFailureException',
      `Expected afterMs of the emulator's flow to be from 0 to ${longestDelayMs} milliseconds; got ${String(afterMs)}.`,
    );
  }
  if (content !== undefined && typeof content !== 'string') {
    throw new ServiceError('ServiceFailureException', `Expected content of the emulator's flow to be a string.`);
  }
  return decision;
}
