// The primitives in JavaScript, by the audited noble libraries. Slower than the browser's own by far.
import { gcm } from '@noble/ciphers/aes';
import { hkdf } from '@noble/hashes/hkdf';
import { sha256 } from '@noble/hashes/sha2';
import { own } from './bytes.ts';
import { type Primitives } from './primitives.ts';

export const scriptPrimitives: Primitives = {
  hkdf: async (secret, salt, info, length) => own(hkdf(sha256, secret, salt, info, length)),
  aesGcm: async (key) => ({
    seal: async (nonce, plain, associated) => own(gcm(key, nonce, associated).encrypt(plain)),
    open: async (nonce, sealed, associated) => own(gcm(key, nonce, associated).decrypt(sealed)),
  }),
};
