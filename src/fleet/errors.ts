/** The errors of a fleet. */
import { ChimeDeliveryError } from '../shared/errors.ts';

/** A fleet cannot run as it is configured. The message names the setting to change. */
export class FleetConfigurationError extends ChimeDeliveryError {
  readonly name = 'FleetConfigurationError' as const;
  readonly code = 'FLEET_CONFIGURATION' as const;
}

/** What the processes share does not work at the moment. The fleet tries again; nothing that was accepted is lost. */
export class FleetEngineError extends ChimeDeliveryError {
  readonly name = 'FleetEngineError' as const;
  readonly code = 'FLEET_ENGINE' as const;
  /** What was being done, such as `settle`. */
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(`The fleet's engine failed to ${operation}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.operation = operation;
  }
}

/** The stored text was written by a later version of this library, or it is damaged. It stays where it is. */
export function unreadable(what: 'a record' | 'a push event', id: string): FleetEngineError {
  return new FleetEngineError(`read ${what}`, new Error(`${id} is damaged, or of another version of this library.`));
}

/** The fleet was closed. */
export class FleetClosedError extends ChimeDeliveryError {
  readonly name = 'FleetClosedError' as const;
  readonly code = 'FLEET_CLOSED' as const;

  constructor() {
    super('The delivery fleet is closed: create a new one.');
  }
}

/** A consumer of outcomes has failed for the last time: the outcome is a dead letter of its group now. */
export class OutcomeConsumerError extends ChimeDeliveryError {
  readonly name = 'OutcomeConsumerError' as const;
  readonly code = 'OUTCOME_CONSUMER' as const;
  readonly group: string;
  /** The id of the delivery. */
  readonly id: string;

  constructor(group: string, id: string, attempts: number, cause: unknown) {
    super(
      `The consumer \`${group}\` failed ${attempts} times with the outcome of ${id}. It is a dead letter now: see \`deadLetters\` and \`replay\`.`,
      { cause },
    );
    this.group = group;
    this.id = id;
  }
}
