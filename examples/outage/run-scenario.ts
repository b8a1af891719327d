// Runs a scenario on a backend through a tracker: sends messages, applies faults, and updates the screen after each change.
// Ends when every message has its outcome, or on the signal. Opens and closes nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type Delivery, type DeliveryTracker } from 'chime-delivery';
import type { Result } from './result.ts';
import type { PlannedMessage } from './scenario.ts';
import { rowOf, type Screen } from './screen.ts';
import type { Display } from './display.ts';
import type { Backend } from './backend.ts';

export interface ScenarioRun {
  readonly backend: Backend;
  readonly tracker: DeliveryTracker;
  readonly messages: readonly PlannedMessage[];
  readonly display: Display;
  readonly signal: AbortSignal;
}

const FRAME_MS = 100;
/** Time after the last outcome, in which a second event for a message would come. */
const LINGER_MS = 500;

export async function runScenario({ backend, tracker, messages, display, signal }: ScenarioRun): Promise<Result> {
  const began = Date.now();
  const elapsed = (): number => Date.now() - began;
  const deliveries = new Map<number, Delivery>();
  const settledEvents = new Map<string, number>();
  const notices = new Set<string>();
  let caption: Screen['caption'] = { atMs: 0, text: '' };
  let downMs = 0;
  let wasUp = false;
  let refreshedAt = 0;

  const refresh = (): void => {
    const now = elapsed();
    const { stats } = tracker;
    wasUp ||= stats.link === 'up';
    if (stats.link === 'down') downMs += now - refreshedAt;
    refreshedAt = now;
    const rows = messages.map((message) => rowOf(message, deliveries.get(message.number)?.state, Date.now()));
    display.update({ elapsedMs: now, stats, caption, messages: rows });
  };
  const notice = (reason: unknown): void => void notices.add(describeReason(reason));
  tracker.on('settled', ({ id }) => settledEvents.set(id, (settledEvents.get(id) ?? 0) + 1));
  tracker.on('error', notice).on('suspended', notice);
  tracker.attach(backend.session);
  tracker.updates$.subscribe(refresh);

  const timeline = [
    ...backend.script.map(({ atMs, action, text }) => ({
      atMs,
      run: () => {
        caption = { atMs: elapsed(), text };
        void perform(backend, action).catch(notice);
      },
    })),
    ...messages.map(({ atMs, number, text }) => ({
      atMs,
      run: () => void deliveries.set(number, tracker.send(messageOf(backend, text))),
    })),
  ].sort((a, b) => a.atMs - b.atMs);

  const isSettled = ({ state }: Delivery): boolean => isTerminal(state.status);
  try {
    while (timeline.length > 0 || ![...deliveries.values()].every(isSettled)) {
      while (timeline[0] !== undefined && timeline[0].atMs <= elapsed()) timeline.shift()?.run();
      refresh();
      await sleep(FRAME_MS, undefined, { signal });
    }
    await sleep(LINGER_MS, undefined, { signal });
  } catch (error) {
    // Interrupted or timed out: the result lists the open messages.
    if (!signal.aborted) throw error;
  }
  refresh();
  if (!wasUp) notice('the websocket never came up');

  return {
    endings: messages.map(({ number, text }) => {
      const state = deliveries.get(number)?.state;
      const truth = state?.messageId === undefined ? undefined : backend.truth?.of(state.messageId);
      return { number, text, state, settledEvents: settledEvents.get(state?.id ?? '') ?? 0, truth };
    }),
    stats: tracker.stats,
    elapsedMs: elapsed(),
    downMs,
    notices: [...notices],
    service: backend.truth && { created: backend.truth.created(), busiestSecond: backend.truth.busiestSecond() },
  };
}

function messageOf({ channelArn }: Backend, text: string): Parameters<DeliveryTracker['send']>[0] {
  return { ChannelArn: channelArn, Content: text, Type: 'STANDARD', Persistence: 'PERSISTENT' };
}

async function perform(backend: Backend, action: Parameters<Backend['perform']>[0]): Promise<void> {
  await backend.perform(action);
}

/** A session that is refused rejects with a close event, which is not an Error. */
function describeReason(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  const { code, reason: why = '' } = (reason ?? {}) as Partial<CloseEvent>;
  return typeof code === 'number' ? `the websocket was closed with ${code} ${why}`.trim() : String(reason);
}
