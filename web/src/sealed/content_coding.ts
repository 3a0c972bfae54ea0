// The content coding aes128gcm of RFC 8188: a header (salt, record size, key id), then records that are each sealed for
// themselves and cannot be moved, left out or cut off unnoticed. Nothing here knows what is inside.
//
// A record's nonce follows from its number, so that any part of sealed content can be made again as long as salt and plain
// content stay the same; two contents must never share a salt under one secret.
import { type Bytes, join, utf8 } from './bytes.ts';
import { type AesGcm, type Primitives } from './primitives.ts';

export const kSaltLength = 16;
const kTagLength = 16;
const kKeyLength = 16;
const kNonceLength = 12;
export const kHeaderLength = kSaltLength + 5;
export const kOverhead = kTagLength + 1;           // bytes that a record needs beside its content

const kMore = 1;  // delimiters: records follow, this is the last
const kLast = 2;

// The content is not what was sealed: changed, cut off, or sealed with another key.
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

export interface Header {
  salt: Bytes;
  recordSize: number;  // bytes of a sealed record; the last one may be shorter
  keyId: Bytes;
}

export interface ContentKeys { cipher: AesGcm; nonce: Bytes }

export async function contentKeys({ hkdf, aesGcm }: Primitives, secret: Bytes, salt: Bytes): Promise<ContentKeys> {
  const key = await hkdf(secret, salt, utf8('Content-Encoding: aes128gcm\0'), kKeyLength);
  const nonce = await hkdf(secret, salt, utf8('Content-Encoding: nonce\0'), kNonceLength);
  return { cipher: await aesGcm(key), nonce };
}

// The base nonce with the record's number put over its end.
function nonceOf(base: Bytes, number: number): Bytes {
  const nonce = base.slice();
  const view = new DataView(nonce.buffer);
  const high = kNonceLength - 8;
  const low = kNonceLength - 4;
  view.setUint32(high, (view.getUint32(high) ^ Math.floor(number / 2 ** 32)) >>> 0);
  view.setUint32(low, (view.getUint32(low) ^ (number % 2 ** 32)) >>> 0);
  return nonce;
}

export function encodeHeader({ salt, recordSize, keyId }: Header): Bytes {
  const rest = new Uint8Array(5);
  new DataView(rest.buffer).setUint32(0, recordSize);
  rest[4] = keyId.length;
  return join([salt, rest, keyId]);
}

// How much content one record takes, when none of it is padding.
export const roomIn = (recordSize: number) => recordSize - kOverhead;

export function sealRecord({ cipher, nonce }: ContentKeys, number: number, plain: Bytes, isLast: boolean): Promise<Bytes> {
  return cipher.seal(nonceOf(nonce, number), join([plain, Uint8Array.of(isLast ? kLast : kMore)]));
}

export async function openRecord({ cipher, nonce }: ContentKeys, number: number, sealed: Bytes): Promise<{ plain: Bytes; isLast: boolean }> {
  const padded = await cipher.open(nonceOf(nonce, number), sealed).catch(() => { throw new Damaged('a record does not open'); });
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) --end;
  const delimiter = padded[end];
  if (delimiter !== kMore && delimiter !== kLast) throw new Damaged('a record has no end');
  return { plain: padded.subarray(0, end), isLast: delimiter === kLast };
}

export function sealedSize(plain: number, recordSize: number): number {
  const records = Math.max(1, Math.ceil(plain / roomIn(recordSize)));
  return kHeaderLength + plain + records * kOverhead;
}

// Undefined: no content without key id and padding has this size when it is sealed.
export function plainSize(sealed: number, recordSize: number): number | undefined {
  const body = sealed - kHeaderLength;
  const records = Math.ceil(body / recordSize);
  const plain = body - records * kOverhead;
  return records > 0 && plain >= 0 && sealedSize(plain, recordSize) === sealed ? plain : undefined;
}
