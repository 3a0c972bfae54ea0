// What stands behind the '#' of an exchange's link: "<token>", or "<token>.<key>" where it is encrypted end to end.
import { keyFrom, type LinkKey } from '../sealed/key.ts';

export interface Link {
  token: string;
  key: LinkKey | undefined;
}

// Undefined: the link is not whole.
export function readLink(fragment: string): Link | undefined {
  const [token = '', text, ...rest] = fragment.replace(/^#/, '').trim().split('.');
  if (!/^[\w-]{43}$/.test(token) || rest.length > 0) return undefined;
  const key = text === undefined ? undefined : keyFrom(text);
  return text !== undefined && !key ? undefined : { token, key };
}
