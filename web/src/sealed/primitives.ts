// The two primitives that sealing is made of. The browser's own where it gives them to the page, which it does only on
// pages that came by HTTPS or from this machine; else audited JavaScript, fetched when it is needed. Keys live as long as
// the objects do.
import { type Bytes } from './bytes.ts';

// Associated data is not in what seal() makes, but it must be the same for opening.
export interface AesGcm {
  seal: (nonce: Bytes, plain: Bytes, associated?: Bytes) => Promise<Bytes>;   // with the tag behind it
  open: (nonce: Bytes, sealed: Bytes, associated?: Bytes) => Promise<Bytes>;  // throws for anything but what seal() made
}

export interface Primitives {
  hkdf: (secret: Bytes, salt: Bytes, info: Bytes, length: number) => Promise<Bytes>;  // HKDF-SHA-256 (RFC 5869)
  aesGcm: (key: Bytes) => Promise<AesGcm>;                                            // by the key's length AES-128-GCM or AES-256-GCM; tag of 16 bytes
}

const kNothing = new Uint8Array();

function webCrypto(): SubtleCrypto | undefined {
  return globalThis.crypto?.subtle;
}

// Whether sealing will be slow here, which is worth a word.
export const isSlow = () => webCrypto() === undefined;

export async function primitives(): Promise<Primitives> {
  const subtle = webCrypto();
  return subtle ? browserPrimitives(subtle) : (await import('./script_primitives.ts')).scriptPrimitives;
}

export function browserPrimitives(subtle: SubtleCrypto): Primitives {
  return {
    hkdf: async (secret, salt, info, length) => {
      const key = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
      return new Uint8Array(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, length * 8));
    },
    aesGcm: async (raw) => {
      const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
      return {
        seal: async (iv, plain, additionalData = kNothing) => new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain)),
        open: async (iv, sealed, additionalData = kNothing) => new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed)),
      };
    },
  };
}
