// Admits requests: checks the bearer's budget, the channel's budget, and the permission.

import { RateBudget } from './budget.ts';
import type { Operation } from './operation.ts';
import { ServiceError } from './service-error.ts';
import type { ChannelBudgets, ServiceSettings } from './settings.ts';
import type { World } from './world.ts';

export interface Caller {
  readonly operation: Operation;
  /** ARN of the caller; empty for GetMessagingSessionEndpoint, which has none. */
  readonly bearer: string;
  readonly channelArn: string | undefined;
}

// GetChannelMessageStatus has no quota per channel (documented); neither have deletions here.
const channelBudgetOf: Partial<Record<Operation, keyof ChannelBudgets>> = {
  SendChannelMessage: 'sends',
  UpdateChannelMessage: 'sends',
  RedactChannelMessage: 'sends',
  ListChannelMessages: 'lists',
  GetChannelMessage: 'gets',
};

/** The budgets of one service. */
export class Admission {
  readonly #world: World;
  readonly #settings: ServiceSettings;
  readonly #bearers = new RateBudget();
  readonly #channels = new RateBudget();

  constructor(world: World, settings: ServiceSettings) {
    this.#world = world;
    this.#settings = settings;
  }

  /** Charges the budgets; throws a 429 above them. A refused request costs nothing. */
  charge({ operation, bearer, channelArn }: Caller): void {
    const now = this.#world.now();
    const { requestsPerSecond, channelRequestsPerSecond } = this.#settings;
    const ofBearer = typeof requestsPerSecond === 'function' ? requestsPerSecond(bearer) : requestsPerSecond;
    // Without a bearer there is no bearer's budget.
    if (bearer !== '' && !this.#bearers.take(bearer, ofBearer, now)) {
      throw this.#throttled(`Rate exceeded: ${ofBearer} requests per second for ${bearer}.`);
    }
    const kind = channelBudgetOf[operation];
    if (!kind || channelArn === undefined) return;
    const ofChannel = channelRequestsPerSecond[kind];
    if (!this.#channels.take(`${kind} ${channelArn}`, ofChannel, now)) {
      throw this.#throttled(`Rate exceeded: ${ofChannel} ${kind} per second in the channel ${channelArn}.`);
    }
  }

  /** Throws a 403 if the caller lacks the permission. The name of the error for a missing IAM permission is assumed. */
  authorize({ operation, bearer, channelArn }: Caller): void {
    if (this.#settings.permissions?.(bearer, operation) ?? true) return;
    throw new ServiceError(
      'AccessDeniedException',
      `User: ${bearer} is not authorized to perform: chime:${operation} on resource: ${channelArn ?? '*'}`,
    );
  }

  #throttled(message: string): ServiceError {
    return new ServiceError('ThrottledClientException', message, {
      retryAfterSeconds: this.#settings.retryAfterSeconds,
    });
  }
}
