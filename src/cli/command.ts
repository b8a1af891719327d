/** What all commands have in common: help, wrong arguments, and their exit codes. */

/** @param request what is wanted, or what is wrong with the arguments. @returns the exit code */
export async function runCommand<R extends { readonly help: boolean }>(
  usage: string,
  request: R | string,
  work: (request: R) => Promise<number>,
): Promise<number> {
  if (typeof request === 'string') {
    console.error(`${request}\n\n${usage}`);
    return 2;
  }
  if (!request.help) return work(request);
  console.log(usage);
  return 0;
}
