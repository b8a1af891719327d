/** What a tab needs from its tracker. */
import type { Permit, Priority } from '../../core/ports/http.ts';
import type { Logger } from '../../shared/client.ts';
import type { TabEnvironment } from './environment.ts';
import type { PeerDelivery } from './protocol.ts';
import type { RemotePollsPorts } from './remote-polls.ts';

export interface TabPorts extends RemotePollsPorts {
  readonly environment: TabEnvironment;
  readonly chimeBearer: string;
  readonly requestTimeoutMs: number;
  readonly requestsPerSecond: number;
  readonly logger: Logger | undefined;
  /** A permit of this tab's local rate limit. */
  readonly acquire: (chimeBearer: string, priority: Priority, signal: AbortSignal) => Promise<Permit>;
  readonly onThrottled: (chimeBearer: string, retryAfterMs: number | undefined) => void;
  /** Drops the saved tokens: other tabs may just have spent as many. */
  readonly drainTokens: () => void;
  /** The tab that polls for this one has changed. */
  readonly reclaimDelegated: () => void;
  /** Called with whether this tab leads, once that is known, and when it changes. */
  readonly onLeader: (own: boolean) => void;
  /** Locks or the channel do not work. Called once, and never from within a call of this class. */
  readonly onFailure: (error: unknown) => void;
  /** Another tab was notified that a channel was deleted. */
  readonly onChannelDeleted: (channelArn: string, at: number) => void;
  /** A tab has ended, and left these deliveries. */
  readonly onPeerGone: (deliveries: readonly PeerDelivery[]) => void;
  /** The sends of this tab that have no answer, to be handed over. */
  readonly unconfirmedSends: () => readonly Pick<PeerDelivery, 'id' | 'input' | 'knownUnsent'>[];
}
