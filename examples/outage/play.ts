// Plays a scenario on a stage, through a tracker: sends, deeds, and after each change the screen. Ends when every message has
// its outcome, or when the signal says so; opens and closes nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type Delivery, type DeliveryTracker } from 'chime-delivery';
import type { Result } from './result.ts';
import type { PlannedMessage } from './scenario.ts';
import { rowOf, type Screen } from './screen.ts';
import type { Show } from './show.ts';
import type { Stage } from './stage.ts';

export interface Play {
  readonly stage: Stage;
  readonly tracker: DeliveryTracker;
  readonly messages: readonly PlannedMessage[];
  readonly show: Show;
  readonly signal: AbortSignal;
}

const FRAME_MS = 100;
/** After the last outcome: whoever told one twice would do it now. */
const LINGER_MS = 500;

export async function play({ stage, tracker, messages, show, signal }: Play): Promise<Result> {
  const began = Date.now();
  const elapsed = (): number => Date.now() - began;
  const deliveries = new Map<number, Delivery>();
  const timesTold = new Map<string, number>();
  const notices = new Set<string>();
  let news: Screen['news'] = { atMs: 0, says: '' };
  let downMs = 0;
  let wasUp = false;
  let lookedAt = 0;

  const look = (): void => {
    const now = elapsed();
    const { stats } = tracker;
    wasUp ||= stats.link === 'up';
    if (stats.link === 'down') downMs += now - lookedAt;
    lookedAt = now;
    const rows = messages.map((message) => rowOf(message, deliveries.get(message.number)?.state, Date.now()));
    show.update({ elapsedMs: now, stats, news, messages: rows });
  };
  const notice = (reason: unknown): void => void notices.add(wordsOf(reason));
  tracker.on('settled', ({ id }) => timesTold.set(id, (timesTold.get(id) ?? 0) + 1));
  tracker.on('error', notice).on('suspended', notice);
  tracker.attach(stage.session);
  tracker.updates$.subscribe(look);

  const timeline = [
    ...stage.story.map(({ atMs, deed, says }) => ({
      atMs,
      run: () => {
        news = { atMs: elapsed(), says };
        void perform(stage, deed).catch(notice);
      },
    })),
    ...messages.map(({ atMs, number, text }) => ({
      atMs,
      run: () => void deliveries.set(number, tracker.send(messageOf(stage, text))),
    })),
  ].sort((a, b) => a.atMs - b.atMs);

  const isSettled = ({ state }: Delivery): boolean => isTerminal(state.status);
  try {
    while (timeline.length > 0 || ![...deliveries.values()].every(isSettled)) {
      while (timeline[0] !== undefined && timeline[0].atMs <= elapsed()) timeline.shift()?.run();
      look();
      await sleep(FRAME_MS, undefined, { signal });
    }
    await sleep(LINGER_MS, undefined, { signal });
  } catch (error) {
    // Interrupted, or too late: the result says what is open.
    if (!signal.aborted) throw error;
  }
  look();
  if (!wasUp) notice('the websocket never came up');

  return {
    endings: messages.map(({ number, text }) => {
      const state = deliveries.get(number)?.state;
      const truth = state?.messageId === undefined ? undefined : stage.truth?.of(state.messageId);
      return { number, text, state, timesTold: timesTold.get(state?.id ?? '') ?? 0, truth };
    }),
    stats: tracker.stats,
    elapsedMs: elapsed(),
    downMs,
    notices: [...notices],
    service: stage.truth && { created: stage.truth.created(), busiestSecond: stage.truth.busiestSecond() },
  };
}

function messageOf({ channelArn }: Stage, text: string): Parameters<DeliveryTracker['send']>[0] {
  return { ChannelArn: channelArn, Content: text, Type: 'STANDARD', Persistence: 'PERSISTENT' };
}

async function perform(stage: Stage, deed: Parameters<Stage['perform']>[0]): Promise<void> {
  await stage.perform(deed);
}

/** A session that is refused rejects with a close event, which is no Error. */
function wordsOf(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  const { code, reason: why = '' } = (reason ?? {}) as Partial<CloseEvent>;
  return typeof code === 'number' ? `the websocket was closed with ${code} ${why}`.trim() : String(reason);
}
