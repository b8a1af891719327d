/** The outcome of a delivery as the consumers get it: plain JSON, with the engine's times. Pure. */
import type { DeliveryState, TerminalState } from '../core/delivery-state.ts';
import { asObject, tryRead } from '../shared/unknown-json.ts';

/** The final state of a delivery. `error`, where it has one, is `{ name, message, code? }`. Times are the engine's. */
export type Outcome = TerminalState;

export function encodeOutcome(
  state: TerminalState,
  { id, trackedAt, settledAt, withInput }: { id: string; trackedAt: number; settledAt: number; withInput: boolean },
): string {
  const { input, ...facts } = state;
  const error = 'error' in state && state.error !== undefined ? { error: portableError(state.error) } : {};
  const content = withInput && input !== undefined ? { input } : {};
  return JSON.stringify({ ...facts, ...error, ...content, id, trackedAt, settledAt });
}

/** Undefined where it is no outcome. */
export function decodeOutcome(text: string): Outcome | undefined {
  const state = tryRead(
    () => undefined,
    () => asObject(JSON.parse(text)),
  );
  const isOutcome = typeof state?.['id'] === 'string' && typeof state['status'] === 'string';
  return isOutcome ? (Object.freeze(state) as unknown as Outcome) : undefined;
}

export function isSettled(state: DeliveryState): state is TerminalState {
  return state.status !== 'SENDING' && state.status !== 'PENDING';
}

function portableError(error: unknown): object {
  const { name, message, code } = asObject(error) ?? {};
  const known = { name: nameOf(name), message: typeof message === 'string' ? message : String(error) };
  return typeof code === 'string' ? { ...known, code } : known;
}

function nameOf(name: unknown): string {
  return typeof name === 'string' ? name : 'Error';
}
