/** The part of Bottleneck's light build that the rate limiter uses; the package has types for the full build only. */
declare module 'bottleneck/light.js' {
  interface Settings {
    readonly reservoir: number;
    /** Between the starts of two jobs, in milliseconds. */
    readonly minTime: number;
    /** The promise constructor that Bottleneck uses. */
    readonly Promise: object;
  }
  interface JobInfo<A> {
    readonly args: readonly [A];
    readonly options: { readonly priority: number };
  }
  class Bottleneck<A> {
    constructor(settings: Settings);
    /** `queued`: a job enters the queue. `scheduled`: its weight is taken from the reservoir, and it starts. */
    on(event: 'queued' | 'scheduled', listener: (job: JobInfo<A>) => void): void;
    schedule<T>(options: { id: string; priority: number }, job: (arg: A) => Promise<T>, arg: A): Promise<T>;
    /** Jobs in the queue of one priority, 0 to 9: the lowest number goes first. */
    queued(priority: number): number;
    currentReservoir(): Promise<number>;
    /** Resolves with the reservoir afterwards. */
    incrementReservoir(by: number): Promise<number>;
    stop(options: { dropWaitingJobs: boolean }): Promise<void>;
  }
  export default Bottleneck;
}
