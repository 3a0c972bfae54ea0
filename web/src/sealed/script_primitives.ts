// The primitives in JavaScript, by the audited noble libraries. Slower than the browser's own by far.
import { gcm } from '@noble/ciphers/aes';
import { hkdf } from '@noble/hashes/hkdf';
import { sha256 } from '@noble/hashes/sha2';
import { type Bytes } from './bytes.ts';
import { type Primitives } from './primitives.ts';

// The library's types leave open what kind of buffer is behind the bytes.
const own = (bytes: Uint8Array): Bytes => (bytes.buffer instanceof ArrayBuffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : new Uint8Array(bytes));

export const scriptPrimitives: Primitives = {
  hkdf: async (secret, salt, info, length) => own(hkdf(sha256, secret, salt, info, length)),
  aesGcm: async (key) => ({
    seal: async (nonce, plain) => own(gcm(key, nonce).encrypt(plain)),
    open: async (nonce, sealed) => own(gcm(key, nonce).decrypt(sealed)),
  }),
};
