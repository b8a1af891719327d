/** What all commands have in common: help, wrong arguments, and their exit codes. */

/** @param read says what is wanted, or as a text what is wrong with the arguments; may throw it. @returns the exit code */
export async function runCommand<R extends { readonly help: boolean }>(
  usage: string,
  read: () => R | string,
  work: (request: R) => Promise<number>,
): Promise<number> {
  const request = tryRead(read);
  if (typeof request === 'string') {
    console.error(`${request}\n\n${usage}`);
    return 2;
  }
  if (!request.help) return work(request);
  console.log(usage);
  return 0;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function tryRead<R>(read: () => R | string): R | string {
  try {
    return read();
  } catch (error) {
    return messageOf(error);
  }
}
