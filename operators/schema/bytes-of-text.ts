const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/**
 * Reads the bytes that a text writes: hexadecimal behind `0x`, else base64 with its padding.
 * Undefined for anything else. Source of the rule: dlt's `binary` columns.
 */
export function bytesOfText(text: string): Uint8Array | undefined {
  if (text.startsWith('0x')) return hexBytes(text.slice(2));
  if (!BASE64.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function hexBytes(hex: string): Uint8Array | undefined {
  if (!/^(?:[\da-f]{2})*$/i.test(hex)) return undefined;
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
