/** Starts to measure CPU time of this process. Returns the microseconds used since, by the app's code and the system. */
export function measureCpuMicros(): () => number {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  };
}
