// Flows as data, for programs in other languages: rules in JSON. The first rule that fits decides. Pure.

import type { Flow, Outcome } from '../service/flow.ts';

export interface FlowRule {
  /** A text in the content; omitted: any message. */
  readonly contains?: string;
  readonly channelArn?: string;
  readonly sender?: string;
  readonly outcome: Outcome;
  /** Milliseconds. @default 0 */
  readonly afterMs?: number;
  readonly detail?: string;
  /** The content that the processor makes of it. */
  readonly content?: string;
}

/** The flow of one rule, or of several. */
export function flowOf(rules: FlowRule | readonly FlowRule[]): Flow {
  const all = [rules].flat() as readonly FlowRule[];
  return (message) => {
    const rule = all.find(
      ({ contains, channelArn, sender }) =>
        (contains === undefined || message.content.includes(contains)) &&
        (channelArn === undefined || message.channelArn === channelArn) &&
        (sender === undefined || message.sender === sender),
    );
    if (rule === undefined) return undefined;
    const { outcome, afterMs = 0, detail, content } = rule;
    return { outcome, afterMs, detail, content };
  };
}

/** Settings as JSON has them: `flow` is rules. */
export function settingsOf(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { flow, ...rest } = given;
  if (flow === undefined) return rest;
  return { ...rest, flow: flow === null ? undefined : flowOf(flow as FlowRule | readonly FlowRule[]) };
}
