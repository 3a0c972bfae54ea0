// What tests do on the screen of one's account.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';

// The window on a part of the account ('', 'security', 'tokens') of a person.
export async function openAccount(stage, home, person, part = '', options = {}) {
  const window = await stage.open(home, { as: person, path: `#/account${part && `/${part}`}`, ...options });
  await window.page.locator('main h1').waitFor();
  return window;
}

export const card = (page, name) => page.getByRole('region', { name, exact: true });

function bytesOfBase32(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text.replace(/[\s=]/g, '').toUpperCase()].map((one) => alphabet.indexOf(one).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

// The code that an authenticator app shows (RFC 6238); `ahead` of now in steps of 30 seconds.
export function appCode(secret, ahead = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = crypto.createHmac('sha1', bytesOfBase32(secret)).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

assert.equal(bytesOfBase32('JBSWY3DPEBLW64TMMQ').toString(), 'Hello World');
