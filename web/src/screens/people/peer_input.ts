// What people type or paste to say whom they mean: an address, or an invite link, with whatever a chat or a mail put
// around it. The daemon parses it again, strictly; this only helps.

export type PeerInput =
  | { kind: 'nothing' }
  | { kind: 'address'; address: string }
  | { kind: 'invite'; link: string; address: string }
  | { kind: 'wrong'; why: 'notAnAddress' | 'brokenInvite' };

// Zero-width characters, marks of direction, byte-order marks, soft hyphens, controls, and white space of any kind.
// eslint-disable-next-line no-control-regex
const kUnseen = /[\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff]/g;
const kHandle = /^[a-z0-9._-]{1,64}$/;
const kLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const kIpv6 = /^\[[0-9a-f:]+\]$/;
const kInvite = /kith1\.[A-Za-z0-9_-]+\.[A-Za-z0-9]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/;
const kMentionsInvite = /kith1\.|\/invite\b/;

export function cleaned(text: string): string {
  return text.replace(kUnseen, '');
}

function isDomain(domain: string): boolean {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(domain) ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) return false;
  return kIpv6.test(host) || (host.length <= 253 && host.split('.').every((label) => kLabel.test(label)));
}

export function isAddress(text: string): boolean {
  const at = text.indexOf('@');
  return at > 0 && kHandle.test(text.slice(0, at)) && isDomain(text.slice(at + 1));
}

// The address an invite is from: the second of its parts, in base64url.
function addressOfInvite(invite: string): string | undefined {
  try {
    const address = atob((invite.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    return isAddress(address) ? address : undefined;
  } catch {
    return undefined;
  }
}

export function readPeer(typed: string): PeerInput {
  const text = cleaned(typed);
  if (!text) return { kind: 'nothing' };
  if (kMentionsInvite.test(text)) {
    const link = kInvite.exec(text)?.[0];
    const address = link && addressOfInvite(link);
    return link && address ? { kind: 'invite', link, address } : { kind: 'wrong', why: 'brokenInvite' };
  }
  const address = text.toLowerCase().replace(/^(mailto:|<|@)+/, '').replace(/[>.,;]+$/, '').replace(/:443$/, '');
  return isAddress(address) ? { kind: 'address', address } : { kind: 'wrong', why: 'notAnAddress' };
}

export const kMostPurpose = 280;  // characters, as the protocol counts them: code points

// On one line and without control characters, which the protocol takes nowhere.
export function cleanedPurpose(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\s+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '').trim();
}

export function lengthOf(text: string): number {
  return [...text].length;
}
