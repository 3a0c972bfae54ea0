// Bytes and their text form, base64url without padding (RFC 4648, section 5).
export type Bytes = Uint8Array<ArrayBuffer>;

const kPiece = 0x8000;  // characters that fromCharCode takes at once

export function toBase64url(bytes: Bytes): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += kPiece) binary += String.fromCharCode(...bytes.subarray(at, at + kPiece));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

// Undefined for what is none; of several spellings of the same bytes only the plain one is taken.
export function fromBase64url(text: string): Bytes | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
  return toBase64url(bytes) === text ? bytes : undefined;
}

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

export function join(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((one, at) => one === b[at]);

// The same bytes, under the type that says what kind of buffer is behind them, which libraries leave open.
export const own = (bytes: Uint8Array): Bytes => (bytes.buffer instanceof ArrayBuffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : new Uint8Array(bytes));
