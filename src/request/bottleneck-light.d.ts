/** The part of Bottleneck's light build that the budget uses; the package ships types for the full build only. */
declare module 'bottleneck/light.js' {
  class Bottleneck {
    schedule<T>(options: { weight?: number }, job: () => Promise<T>): Promise<T>;
    /** Resolves with the reservoir as it is afterwards. */
    incrementReservoir(by: number): Promise<number>;
    /** Not public: the local store, which waits for a timer of 0 ms before each of its steps. */
    _store?: { yieldLoop?: () => Promise<void> };
  }
  namespace Bottleneck {
    class Group {
      constructor(options: { reservoir: number; minTime: number });
      key(id: string): Bottleneck;
      deleteKey(id: string): Promise<boolean>;
      /** Looks for idle limiters, for as long as the group lives: nothing in its public face stops it. */
      interval: ReturnType<typeof setInterval>;
    }
  }
  export default Bottleneck;
}
