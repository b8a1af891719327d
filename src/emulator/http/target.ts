// The request target as a URL. Whatever a client sends as its path has one; only the path and the query mean anything.

export function urlOf(target: string | undefined): URL {
  return new URL(`http://emulator${target?.startsWith('/') ? target : '/'}`);
}
