/**
 * One Bottleneck job per poll, as in its documentation: the limiter queues, and a message that is still pending is
 * queued again.
 */
import Bottleneck from 'bottleneck';
import type { Contender } from './contender.ts';
import { isSettled, whileDeaf } from './while-deaf.ts';

const AGAIN_MS = 2_000;

export const bottleneckJobs: Contender = {
  name: 'one Bottleneck job per poll',
  settings: 'reservoir 5, 5 more each second, 4 at once; again after 2 s',
  create: (surroundings) => {
    const limiter = new Bottleneck({
      reservoir: 5,
      reservoirRefreshAmount: 5,
      reservoirRefreshInterval: 1_000,
      maxConcurrent: 4,
    });
    const follower = whileDeaf(surroundings, (message, known) => {
      let stopped = false;
      const poll = async (): Promise<void> => {
        if (stopped) return;
        const settled = await limiter.schedule(() => isSettled(surroundings, message)).catch(() => false);
        if (settled && !stopped) known();
        else if (!stopped) setTimeout(() => void poll(), AGAIN_MS);
      };
      void poll();
      return () => {
        stopped = true;
      };
    });
    return {
      ...follower,
      close: () => {
        void follower.close();
        void limiter.disconnect();
      },
    };
  },
};
