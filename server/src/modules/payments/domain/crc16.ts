/** CRC-16/CCITT-FALSE of one byte value at a time, computed once: polynomial 0x1021, most significant bit first. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

const encoder = new TextEncoder();

/**
 * Checksum of a BR Code: CRC-16/CCITT-FALSE (initial value 0xFFFF, no final xor) over the UTF-8 bytes of `text`.
 *
 * @returns four upper-case hexadecimal digits, as field 63 carries them. Source: EMV QRCPS-MPM 4.7.3, Manual do BR Code.
 */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of encoder.encode(text)) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ byte]!;
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
