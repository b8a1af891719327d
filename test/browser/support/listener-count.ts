/** How many listeners a page has, by target and event: 'Window online'. For tests that nothing is left behind. */
declare global {
  interface Window {
    listenerCount(name: string): number;
  }
}

/** Serialized into the page: it uses nothing from outside itself. */
export function countListeners(): void {
  const counts = new Map<string, number>();
  for (const [method, by] of [
    ['addEventListener', 1],
    ['removeEventListener', -1],
  ] as const) {
    const real = Reflect.get(EventTarget.prototype, method) as (...given: unknown[]) => unknown;
    Reflect.set(EventTarget.prototype, method, function (this: EventTarget | undefined, ...given: unknown[]) {
      const owner = this instanceof Document ? 'Document' : this instanceof WebSocket ? 'WebSocket' : 'Window';
      const name = `${owner} ${String(given[0])}`;
      counts.set(name, (counts.get(name) ?? 0) + by);
      return Reflect.apply(real, this ?? window, given);
    });
  }
  window.listenerCount = (name) => counts.get(name) ?? 0;
}
