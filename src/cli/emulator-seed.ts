/** The seed of an emulator: its settings, channels and faults as JSON. */
import { settingsOf, type FlowRule } from '../emulator/control/flow-rules.ts';
import type { ChimeEmulator } from '../emulator/emulator.ts';
import type { FaultRule } from '../emulator/fault-rules.ts';
import { messageOf } from './command.ts';

export interface Seed {
  /** Settings of the emulator that JSON can express, such as `deniedShape` or `requestsPerSecond`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The flow of all channels: one rule, or several. The first rule that fits decides. */
  readonly flow?: FlowRule | readonly FlowRule[];
  /** Members are ARNs, or names of users of the emulator. Without members every user is one. */
  readonly channels?: readonly {
    readonly name: string;
    readonly members?: readonly string[];
    readonly elastic?: boolean;
  }[];
  readonly faults?: readonly FaultRule[];
}

const FIELDS = ['settings', 'flow', 'channels', 'faults'];

/** @throws Error that says what is wrong with the text */
export function parseSeed(text: string): Seed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`The seed is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Error('Expected the seed to be a JSON object.');
  const unknown = Object.keys(parsed).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw new Error(`Unknown field of the seed: ${unknown}. It has ${FIELDS.join(', ')}.`);
  return parsed;
}

/** Returns the channels, with their ARNs. */
export function applySeed(
  emulator: ChimeEmulator,
  { settings = {}, flow, channels = [], faults = [] }: Seed,
): readonly { readonly name: string; readonly arn: string }[] {
  emulator.set(settingsOf(flow === undefined ? settings : { ...settings, flow }));
  for (const fault of faults) emulator.fault(fault);
  return channels.map(({ name, members, elastic }) => ({
    name,
    arn: emulator.createChannel({
      name,
      elastic,
      members: members?.map((member) => (member.startsWith('arn:') ? member : emulator.userArn(member))),
    }),
  }));
}
