// The keys of one request: each side makes a fresh pair, and what follows from the two and the link's secret only they know.
import { x25519 } from '@noble/curves/ed25519';
import { expand, extract } from '@noble/hashes/hkdf';
import { sha256 } from '@noble/hashes/sha2';
import { type Bytes, join, own } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { type Agreed, digits, framed } from './macs.ts';

const kKeyLength = 32;   // bytes, of all keys here
const kSaltLength = 32;

export interface KeyPair { readonly secretKey: Bytes; readonly publicKey: Bytes }

export function keyPairOf(secretKey: Bytes): KeyPair {
  return { secretKey, publicKey: own(x25519.getPublicKey(secretKey)) };
}

export const newKeyPair = (): KeyPair => keyPairOf(crypto.getRandomValues(new Uint8Array(kKeyLength)));

// For each opening another one: then no nonce is used twice under one key.
export const freshSalt = (): Bytes => crypto.getRandomValues(new Uint8Array(kSaltLength));

// Throws Damaged for a key that makes every result the same.
export function sharedSecret({ secretKey }: KeyPair, theirs: Bytes): Bytes {
  try {
    return own(x25519.getSharedSecret(secretKey, theirs));
  } catch {
    throw new Damaged('that public key is none');
  }
}

export interface TransferKeys { readonly content: Bytes; readonly receipt: Bytes }

export function transferKeys(shared: Bytes, secret: Bytes, salt: Bytes, { liveId, requestId, file, receiverKey, senderKey }: Agreed): TransferKeys {
  const prk = extract(sha256, join([shared, secret]), salt);
  const binding = framed([liveId, requestId, digits(file), receiverKey, senderKey]);
  const key = (use: string) => own(expand(sha256, prk, join([framed([`kith-live/1 ${use}`]), binding]), kKeyLength));
  return { content: key('content'), receipt: key('receipt') };
}
