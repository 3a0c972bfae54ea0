// A live link, "<page>#<code>.<secret>": the code finds the offer, the secret stays with the two ends.
import { type Bytes, fromBase64url, toBase64url } from '../sealed/bytes.ts';

const kSecretLength = 32;  // bytes

export interface LiveLink {
  readonly code: string;
  readonly secret: Bytes;
}

export const newSecret = (): Bytes => crypto.getRandomValues(new Uint8Array(kSecretLength));

export const liveLinkText = (page: string, { code, secret }: LiveLink): string => `${page}#${code}.${toBase64url(secret)}`;

// From a link or what stands behind its '#'. Undefined: it is not whole.
export function readLiveLink(text: string): LiveLink | undefined {
  const parts = text.slice(text.indexOf('#') + 1).trim().split('.');
  const [code = '', written = ''] = parts;
  if (parts.length !== 2 || !/^[0-9a-hjkmnp-tv-z]{12}$/.test(code)) return undefined;
  const secret = fromBase64url(written);
  return secret?.length === kSecretLength ? { code, secret } : undefined;
}
