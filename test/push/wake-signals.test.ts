import { afterEach, describe, expect, it } from '@jest/globals';
import { NEVER, of, Subject } from 'rxjs';
import { wakeSignals } from '../../src/push/wake-signals.ts';

const globals = globalThis as Record<string, unknown>;
const before = Object.fromEntries(names().map((name) => [name, globals[name]]));

function names(): string[] {
  return ['addEventListener', 'removeEventListener', 'document'];
}

afterEach(() => {
  for (const name of names()) {
    if (before[name] === undefined) Reflect.deleteProperty(globals, name);
    else globals[name] = before[name];
  }
});

/** A browser's globals, as far as needed here. */
class Page extends EventTarget {
  visibilityState = 'visible';
  readonly window = new EventTarget();
  listeners = 0;

  constructor() {
    super();
    globals['addEventListener'] = (type: string, listener: () => void): void => {
      this.listeners += 1;
      this.window.addEventListener(type, listener);
    };
    globals['removeEventListener'] = (type: string, listener: () => void): void => {
      this.listeners -= 1;
      this.window.removeEventListener(type, listener);
    };
    globals['document'] = this;
  }

  turn(visibilityState: string): void {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event('visibilitychange'));
  }

  online(): void {
    this.window.dispatchEvent(new Event('online'));
  }
}

describe('the wake signals', () => {
  it('are the app’s own, if the platform has none', () => {
    const wake$ = new Subject<string>();
    const heard: unknown[] = [];
    wakeSignals(wake$).subscribe((moment) => heard.push(moment));
    wake$.next('foreground');
    expect(heard).toEqual(['foreground']);
  });

  it('come when the network returns and when the page becomes visible, not when it is hidden', () => {
    const page = new Page();
    let heard = 0;
    wakeSignals(NEVER).subscribe(() => (heard += 1));
    page.turn('hidden');
    expect(heard).toBe(0);
    page.turn('visible');
    page.online();
    expect(heard).toBe(2);
  });

  it('come when the page returns from the back/forward cache, and not when it is first shown', () => {
    const page = new Page();
    let heard = 0;
    wakeSignals(NEVER).subscribe(() => (heard += 1));
    page.window.dispatchEvent(new Event('pageshow'));
    page.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
    expect(heard).toBe(0);
    page.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(heard).toBe(1);
  });

  it('come when a frozen page resumes, even if it is hidden', () => {
    const page = new Page();
    let heard = 0;
    wakeSignals(NEVER).subscribe(() => (heard += 1));
    page.turn('hidden');
    page.dispatchEvent(new Event('freeze'));
    page.dispatchEvent(new Event('resume'));
    expect(heard).toBe(1);
  });

  it('come from all sources together', () => {
    const page = new Page();
    const wake$ = new Subject<void>();
    let heard = 0;
    wakeSignals(wake$).subscribe(() => (heard += 1));
    wake$.next();
    page.online();
    wake$.complete();
    page.online();
    expect(heard).toBe(3);
  });

  it('still come from the platform after the app’s own ones failed', () => {
    const page = new Page();
    const wake$ = new Subject<void>();
    const heard: string[] = [];
    wakeSignals(wake$).subscribe({ next: () => heard.push('wake'), error: () => heard.push('error') });
    wake$.error(new Error('broken'));
    page.online();
    expect(heard).toContain('wake');
  });

  it('cost no listener before there is a subscriber, and none afterwards', () => {
    const page = new Page();
    const wakeUps$ = wakeSignals(NEVER);
    expect(page.listeners).toBe(0);
    const subscription = wakeUps$.subscribe();
    // `online` and `pageshow`.
    expect(page.listeners).toBe(2);
    subscription.unsubscribe();
    expect(page.listeners).toBe(0);
  });

  it.each([
    ['a document without events (React Native)', { document: {} }],
    ['a global that has no events', { addEventListener: 'no function' }],
    ['a global that never stops calling', { addEventListener: () => undefined }],
  ])('work without %s', (_name, given) => {
    Object.assign(globals, given);
    let heard = 0;
    wakeSignals(of('app')).subscribe(() => (heard += 1));
    expect(heard).toBe(1);
  });
});
