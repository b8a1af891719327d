/**
 * The emulator's service without sockets: its whole way from a signed HTTP request to the response, budgets and 429s
 * included, as a function. It lives in the time of a scene and logs its requests.
 */
import { FaultRegistry } from '../../src/emulator/fault-rules.ts';
import type { Answer } from '../../src/emulator/http/answer.ts';
import { operationsOf } from '../../src/emulator/http/operations.ts';
import { routeOf } from '../../src/emulator/http/routes.ts';
import { answerOf } from '../../src/emulator/http/service-gate.ts';
import type { ChimeEmulatorSettings } from '../../src/emulator/index.ts';
import type { OpenRecord, RequestRecord } from '../../src/emulator/request-log.ts';
import { Admission } from '../../src/emulator/service/admission.ts';
import type { ChimeEvent } from '../../src/emulator/service/events.ts';
import { ChimeService } from '../../src/emulator/service/service.ts';
import type { World } from '../../src/emulator/service/world.ts';
import { applySettings, defaultSettings } from '../../src/emulator/settings.ts';

export const region = 'us-east-1';

/** An HTTP request as it arrives. */
export interface Arrival {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LocalService {
  readonly model: ChimeService;
  readonly admission: Admission;
  readonly log: readonly RequestRecord[];
  answer(arrival: Arrival): Answer;
}

export function createLocalService(
  world: World,
  given: ChimeEmulatorSettings,
  publish: (event: ChimeEvent) => void = () => undefined,
): LocalService {
  const settings = defaultSettings();
  applySettings(settings, given);
  const model = new ChimeService({ world, settings, publish });
  const admission = new Admission(world, settings);
  const operations = operationsOf(model, () => 'local');
  const parts = { settings, region, faults: new FaultRegistry(world.random), admission, operations };
  const log: OpenRecord[] = [];
  return {
    model,
    admission,
    log,
    answer({ method, target, headers, body }) {
      const route = routeOf(method, target);
      const { operation, channelArn, messageId } = route;
      const bearer = headers['x-amz-chime-bearer'] ?? '';
      const record: OpenRecord = {
        at: world.now(),
        operation,
        bearer,
        channelArn,
        messageId,
        status: 0,
        error: undefined,
        fault: undefined,
        attempt: undefined,
      };
      log.push(record);
      const result = answerOf(parts, { route, bearer, body, authorization: headers['authorization'] }, record);
      record.status = result.status;
      record.error = result.error;
      return result;
    },
  };
}
