// The emulator's model of the service, in the page: the SDK's client reaches it through a request handler, and push events come back as
// from a websocket. No server.
import { BehaviorSubject, Subject } from 'rxjs';

import { targetOf, type SdkRequest } from '../../../src/cli/probe/recording-handler.ts';
import { FaultRegistry } from '../../../src/emulator/fault-rules.ts';
import { operationsOf } from '../../../src/emulator/http/operations.ts';
import { BEARER_HEADER } from '../../../src/emulator/http/read-request.ts';
import { routeOf } from '../../../src/emulator/http/routes.ts';
import { answerOf, type GateParts } from '../../../src/emulator/http/service-gate.ts';
import type { OpenRecord } from '../../../src/emulator/request-log.ts';
import { Admission } from '../../../src/emulator/service/admission.ts';
import { ChimeService } from '../../../src/emulator/service/service.ts';
import { defaultSettings } from '../../../src/emulator/settings.ts';
import { createSystemWorld } from '../../../src/emulator/system-world.ts';

const REGION = 'us-east-1';
/** How long the flow takes, and a request, in milliseconds. */
const FLOW_MS = 1_800;
const REQUEST_MS = 120;

export interface PushEvent {
  readonly type: string;
  readonly payload: string;
  readonly isFor: (userArn: string) => boolean;
}

export class PageService {
  readonly region: string = REGION;
  readonly events$: Subject<PushEvent> = new Subject();
  readonly link$: BehaviorSubject<'up' | 'down'> = new BehaviorSubject<'up' | 'down'>('up');
  /** Contents that the flow denies. */
  readonly denied: Set<string> = new Set();
  readonly #faults = new FaultRegistry(Math.random);
  readonly #parts: GateParts;
  #endThrottle: (() => void) | undefined;

  constructor() {
    const settings = defaultSettings();
    const world = createSystemWorld(Math.random);
    settings.flow = ({ content }) => ({
      outcome: this.denied.has(content) ? 'DENIED' : 'SENT',
      afterMs: FLOW_MS,
    });
    const service = new ChimeService({
      world,
      settings,
      // What happens while the socket is down is never told.
      publish: ({ type, payload, isFor }) => {
        if (this.link$.value === 'up') this.events$.next({ type, payload: JSON.stringify(payload), isFor });
      },
    });
    this.#parts = {
      settings,
      region: REGION,
      faults: this.#faults,
      admission: new Admission(world, settings),
      operations: operationsOf(service, () => 'page'),
    };
  }

  setSocket(state: 'up' | 'down'): void {
    this.link$.next(state);
  }

  /** Answers 429 from now on, or no longer. */
  throttle(on: boolean): void {
    this.#endThrottle?.();
    this.#endThrottle = on ? this.#faults.add({ kind: 'error', status: 429, message: 'Rate exceeded.' }) : undefined;
  }

  /** The `requestHandler` of an SDK client. */
  get handler(): { handle(request: SdkRequest): Promise<{ response: object }> } {
    return { handle: (request) => this.#handle(request) };
  }

  async #handle(request: SdkRequest): Promise<{ response: object }> {
    await new Promise((resolve) => setTimeout(resolve, REQUEST_MS));
    const { headers, body } = request;
    const route = routeOf(request.method, targetOf(request));
    const bearer = headers[BEARER_HEADER] ?? '';
    const arrived = { route, bearer, body: textOf(body), authorization: headers['authorization'] };
    const answer = answerOf(this.#parts, arrived, {} as OpenRecord);
    const id = { 'x-amzn-requestid': crypto.randomUUID() };
    const bytes = new TextEncoder().encode(answer.body);
    return { response: { statusCode: answer.status, headers: { ...answer.headers, ...id }, body: bytes } };
  }
}

/** The SDK gives text or bytes. */
function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return typeof body === 'string' ? body : '';
}
