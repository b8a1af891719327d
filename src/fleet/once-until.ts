/** Reports the first error of an outage: the next one only after a success. */
export function onceUntil(report: (error: Error) => void): (error: Error | undefined) => void {
  let failing = false;
  return (error) => {
    if (error !== undefined && !failing) report(error);
    failing = error !== undefined;
  };
}
