// What the tests of live transfers share.
import { createHash } from 'node:crypto';
import { type Bytes, fromBase64url } from '../src/sealed/bytes.ts';

export function bytesOf(text: string): Bytes {
  const bytes = fromBase64url(text);
  if (!bytes) throw new Error(`no base64url: ${text}`);
  return bytes;
}

// Part of the content that the vectors are made of.
export const ruled = (start: number, length: number): Bytes => Uint8Array.from({ length }, (_, at) => (7 * (start + at) + ((start + at) >> 8)) % 256);

export const sha256Of = (bytes: Bytes): Bytes => Uint8Array.from(createHash('sha256').update(bytes).digest());
