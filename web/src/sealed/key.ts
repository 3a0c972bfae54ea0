// The secret of an end-to-end encrypted exchange: 32 random bytes that are made in a browser, travel only behind the '#' of
// a link, and are never sent to a server. From it follow two more, one for content and one for names.
import { type Bytes, fromBase64url, toBase64url, utf8 } from './bytes.ts';
import { type Primitives } from './primitives.ts';

const kLength = 32;  // bytes

export interface LinkKey { readonly bytes: Bytes }

export const newKey = (): LinkKey => ({ bytes: crypto.getRandomValues(new Uint8Array(kLength)) });

// As it stands in a link: "…/exchange/d#<token>.<key>".
export const keyText = ({ bytes }: LinkKey): string => toBase64url(bytes);

export function keyFrom(text: string): LinkKey | undefined {
  const bytes = fromBase64url(text);
  return bytes?.length === kLength ? { bytes } : undefined;
}

export function secretFor(use: 'content' | 'name', { bytes }: LinkKey, { hkdf }: Primitives): Promise<Bytes> {
  return hkdf(bytes, new Uint8Array(), utf8(`kith exchange ${use}`), kLength);
}
