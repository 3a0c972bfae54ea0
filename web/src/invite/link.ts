// An invite link, "…/invite#kith1.<address>.<fingerprint>.<id>.<secret>", as far as its reader needs it: who invites. The
// reader's own daemon checks the rest.
export interface InviteLink {
  from: string;      // address of who invites
  fragment: string;  // what their daemon takes
}

const kParts = 5;
const kLongest = 4096;

function decode(base64url: string): string {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (one) => one.charCodeAt(0)));
}

// From a link or what stands behind its '#'; undefined when it is not whole.
export function readInvite(text: string): InviteLink | undefined {
  const fragment = text.slice(text.indexOf('#') + 1).trim();
  const parts = fragment.split('.');
  if (text.length > kLongest || parts.length !== kParts || parts[0] !== 'kith1' || !/^[\w.-]+$/.test(fragment)) return undefined;
  if (parts[4]?.length !== 43 || parts[3]?.length !== 22) return undefined;
  try {
    const from = decode(parts[1] ?? '');
    return /^[^\s@]+@[^\s@]+$/.test(from) ? { from, fragment } : undefined;
  } catch {
    return undefined;
  }
}

// Where the reader's own page takes the invite; undefined for what is no address of a page.
export function ownPage(address: string, invite: InviteLink): string | undefined {
  const text = address.trim();
  if (text === '' || /\s/.test(text)) return undefined;
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    url.search = '';
    url.hash = `/people?invite=${encodeURIComponent(invite.fragment)}`;
    return url.href;
  } catch {
    return undefined;
  }
}
