// What the daemon takes for an account, so that mistakes are told before anything is sent.
const kLocalPart = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]{1,64}$/;
const kDomain = /^[A-Za-z0-9.-]+$/;
const kHandle = /^[a-z0-9._-]{3,32}$/;
const kMostEmail = 254;

export const kLeastPassword = 12;            // characters
export const kMostPassword = 1024;           // bytes
export const kMostName = 200;                // bytes
export const kMostHandle = 32;

const isDotted = (text: string) => text.split('.').every((label) => label !== '');

export function isEmail(text: string): boolean {
  const [local = '', domain = '', ...more] = text.split('@');
  return text.length <= kMostEmail && more.length === 0 && kLocalPart.test(local) && kDomain.test(domain) && isDotted(local) && isDotted(domain);
}

export const isHandle = (text: string) => kHandle.test(text);

// What the daemon makes of the address when nothing else is wished for.
export function handleFrom(email: string): string {
  const local = /^[^@+]*/.exec(email)?.[0] ?? '';
  if (!local) return '';
  const kept = local.toLowerCase().replace(/[^a-z0-9._-]/g, '').replace(/^[._-]+|[._-]+$/g, '') || 'user';
  return (kept.length < 3 ? `user-${kept}` : kept).slice(0, kMostHandle);
}

// As people count, not as UTF-16 does.
export const lengthOf = (password: string) => [...password].length;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;
export const isTooLong = (password: string) => bytesOf(password) > kMostPassword;
export const isLongName = (name: string) => bytesOf(name) > kMostName;
