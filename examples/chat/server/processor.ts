// The channel flow's processor: a moderator that answers as the last command of the page says.
import type { FlowDecision, Outcome } from 'chime-delivery/emulator';
import type { Processor } from '../protocol.ts';

const details: Partial<Record<Outcome, string>> = {
  DENIED: 'it reads like spam',
  FAILED: 'the moderator could not be reached',
};

export function decide({ outcome, delayMs }: Processor): FlowDecision {
  return { outcome, afterMs: delayMs, detail: details[outcome] };
}
