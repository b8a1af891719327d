/**
 * A digest of a text, to tell texts apart; it is not cryptographic. 53 bits of two multiplicative hashes with different seeds,
 * as a whole number.
 */
export function digestOf(text: string): number {
  let one = 0x811c9dc5;
  let two = 0x1000193;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x85ebca6b);
  }
  // As many bits as a number holds exactly.
  return (two & 0x1fffff) * 0x1_0000_0000 + (one >>> 0);
}
