// The ids and ARNs of the service. Ids are unique within one emulator even if the random source repeats itself.

/** Returns a generator of ids for messages or channels: 32 hexadecimal characters, the last eight of them a counter. */
export function idMint(random: () => number): () => string {
  let count = 0;
  return () => hex(random, 24) + (++count).toString(16).padStart(8, '0');
}

/** A request id in the shape of a UUID. */
export function requestId(random: () => number): string {
  return [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
}

export function hex(random: () => number, length: number): string {
  let text = '';
  while (text.length < length) text += Math.floor(random() * 16).toString(16);
  return text;
}

/** The ARN of a channel or user in the emulator's one app instance. */
export function arnOf(region: string, kind: 'channel' | 'user', name: string): string {
  return `arn:aws:chime:${region}:111122223333:app-instance/emulator/${kind}/${name}`;
}
