// What both ends of a live transfer authenticate under the link's secret (docs/live.md, "Conventions"), so that nobody in
// between can change it. The daemon does not know the secret.
import { hkdf } from '@noble/hashes/hkdf';
import { hmac } from '@noble/hashes/hmac';
import { sha256 } from '@noble/hashes/sha2';
import { type Bytes, join, own, utf8 } from '../sealed/bytes.ts';

const kKeyLength = 32;  // bytes

function lengthOf(bytes: Bytes): Bytes {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length));
  return length;
}

// Every part with its length before it, so that parts can't run into each other.
export function framed(parts: readonly (Bytes | string)[]): Bytes {
  const bytes = parts.map((part) => (typeof part === 'string' ? utf8(part) : part));
  return join(bytes.flatMap((part) => [lengthOf(part), part]));
}

// In decimal digits; nothing for what nobody knows.
export const digits = (number: number | null): string => (number === null ? '' : String(number));

const macOf = (key: Bytes, parts: readonly (Bytes | string)[]): Bytes => own(hmac(sha256, key, framed(parts)));

// Takes as long whatever the difference.
export function sameMac(a: Bytes, b: Bytes): boolean {
  let different = a.length ^ b.length;
  for (let at = 0; at < a.length; ++at) different |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return different === 0;
}

export const authKey = (secret: Bytes): Bytes => own(hkdf(sha256, secret, new Uint8Array(), utf8('kith-live/1 authentication'), kKeyLength));

export interface ListedFile { readonly name: string; readonly size: number | null; readonly type: string }

export function filesMac(key: Bytes, files: readonly ListedFile[]): Bytes {
  return macOf(key, ['kith-live/1 files', ...files.flatMap(({ name, size, type }) => [name, digits(size), type])]);
}

export interface ReceiverPart { readonly liveId: string; readonly file: number; readonly receiverKey: Bytes }

export function receiverMac(key: Bytes, { liveId, file, receiverKey }: ReceiverPart): Bytes {
  return macOf(key, ['kith-live/1 receiver', liveId, digits(file), receiverKey]);
}

// What a request and its answer agree on, and what its keys are bound to.
export interface Agreed extends ReceiverPart { readonly requestId: string; readonly senderKey: Bytes }

export interface OpeningPart { readonly salt: Bytes; readonly chunks: number | null; readonly from: number }

export function senderMac(key: Bytes, { liveId, requestId, file, receiverKey, senderKey }: Agreed, { salt, chunks, from }: OpeningPart): Bytes {
  return macOf(key, ['kith-live/1 sender', liveId, requestId, digits(file), receiverKey, senderKey, salt, digits(chunks), digits(from)]);
}

export const receiptMac = (receiptKey: Bytes, requestId: string, digest: Bytes): Bytes => macOf(receiptKey, ['kith-live/1 received', requestId, digest]);
