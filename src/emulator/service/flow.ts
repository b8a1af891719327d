// The channel flow: a function of the message that says what its processor will answer, and when. This file asks it and
// checks what it says; carrying the decision out is the business of `outcomes.ts`.

import type { MessagePersistence, MessageType } from './message.ts';
import { ServiceError } from './service-error.ts';

/** How a flow can end. NEVER: the processor never answers, the message stays PENDING for ever. */
export type Outcome = 'SENT' | 'FAILED' | 'DENIED' | 'NEVER';

/** What a flow decides about one message. */
export interface FlowDecision {
  outcome: Outcome;
  /** Milliseconds from the acceptance of the message to its outcome. Without effect for NEVER. */
  afterMs: number;
  /** The `Status.Detail` that goes with the outcome. */
  detail?: string | undefined;
  /** What the processor makes of the content (documented: it may rewrite it); it takes the place of the old one if SENT. */
  content?: string | undefined;
}

/** What a flow is told. */
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
 * A channel flow. `undefined` means that no flow looks at this message: it is SENT at once and the answer to the send
 * says so. CONTROL messages never go through a flow (documented).
 */
export type Flow = (message: FlowMessage) => FlowDecision | undefined;

const outcomes: readonly string[] = ['SENT', 'FAILED', 'DENIED', 'NEVER'];
const longestDelayMs = 2 ** 31 - 1;

/** Asks the flow. What a flow cannot mean becomes a 500 that says so, rather than a message with a made-up outcome. */
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
