// Sealing as outsiders' clients do it, written a second time: RFC 8188 in records of 64 KiB, and the name beside it.

import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';

const RECORD = 65_536;
const ROOM = RECORD - 17;

export const newKey = () => randomBytes(32).toString('base64url');

function code(content, ikm, salt) {
  const expand = (info, length) => Buffer.from(hkdfSync('sha256', ikm, salt, info, length));
  const key = expand('Content-Encoding: aes128gcm\0', 16);
  const base = expand('Content-Encoding: nonce\0', 12);
  const header = Buffer.concat([salt, Buffer.alloc(5)]);
  header.writeUInt32BE(RECORD, 16);
  const parts = [header];
  for (let number = 0, at = 0; number === 0 || at < content.length; ++number, at += ROOM) {
    const nonce = Buffer.from(base);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
    const isLast = at + ROOM >= content.length;
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    parts.push(cipher.update(content.subarray(at, at + ROOM)), cipher.update(Buffer.of(isLast ? 2 : 1)), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(parts);
}

// { content, name }: what the server gets.
export function seal(key, name, content, { type = 'application/octet-stream', fields = {} } = {}) {
  const secret = (use) => Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64url'), Buffer.alloc(0), `kith exchange ${use}`, 32));
  const salt = randomBytes(16);
  const told = JSON.stringify({ name, type, salt: salt.toString('base64url'), ...fields });
  return {
    content: code(Buffer.from(content), secret('content'), salt),
    name: code(Buffer.from(told), secret('name'), randomBytes(16)).toString('base64url'),
  };
}
