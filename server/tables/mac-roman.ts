// Text of old Macs, told from that of Windows by bytes that make a letter of a word in the one and a sign in the other:
// 0x8e is é there and Ž here, 0x97 is ó and a dash.

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));
/** á and é of a Mac; within a word of Windows hardly anything. */
const SURE = new Set([0x87, 0x8e]);
/** í, ñ, ó and ú of a Mac; an apostrophe, dashes and œ of Windows, of which a word has one at most, and of one kind. */
const LIKELY = new Set([0x92, 0x96, 0x97, 0x9c]);
const [LIKELY_KINDS, LIKELY_BYTES] = [2, 3];
/** Á É Í Ñ Ó Ú á é í ñ ó ú ü of Windows. */
const OF_WINDOWS = new Set([0xc1, 0xc9, 0xcd, 0xd1, 0xd3, 0xda, 0xe1, 0xe9, 0xed, 0xf1, 0xf3, 0xfa, 0xfc]);

/** True where the bytes prove it; text that could be either is of Windows. */
export function isMacRoman(bytes: Buffer): boolean {
  let [sure, likely] = [0, 0];
  const kinds = new Set<number>();
  for (let at = 1; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80 || !isLetter(bytes[at - 1])) continue;
    if (OF_WINDOWS.has(byte)) return false;
    if (!isLetter(bytes[at + 1])) continue;
    if (SURE.has(byte)) sure++;
    else if (LIKELY.has(byte)) {
      likely++;
      kinds.add(byte);
    }
  }
  return sure > 0 || (kinds.size >= LIKELY_KINDS && likely >= LIKELY_BYTES);
}
