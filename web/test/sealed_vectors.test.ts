// The vectors of the content coding that all implementations here share, with the browser's primitives and with those in
// JavaScript.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vectors from '../../tests/vectors/content_coding.json';
import { type Bytes, fromBase64url, join, toBase64url } from '../src/sealed/bytes.ts';
import { contentKeys, encodeHeader, roomIn, sealRecord } from '../src/sealed/content_coding.ts';
import { Decoder } from '../src/sealed/decoder.ts';
import { keyFrom, type LinkKey, secretFor } from '../src/sealed/key.ts';
import { openName } from '../src/sealed/open.ts';
import { type Primitives } from '../src/sealed/primitives.ts';
import { kRecordSize, openedLength, sealedLength } from '../src/sealed/sizes.ts';
import { bothPrimitives, decode } from './sealed_pieces.ts';

function bytesOf(text: string): Bytes {
  const bytes = fromBase64url(text);
  if (!bytes) throw new Error(`no base64url: ${text}`);
  return bytes;
}

function linkKey(): LinkKey {
  const key = keyFrom(vectors.link.key);
  if (!key) throw new Error('no key');
  return key;
}

async function encode(using: Primitives, secret: Bytes, header: { salt: Bytes; recordSize: number; keyId: Bytes }, plain: Bytes): Promise<Bytes> {
  const keys = await contentKeys(using, secret, header.salt);
  const room = roomIn(header.recordSize);
  const parts = [encodeHeader(header)];
  const records = Math.max(1, Math.ceil(plain.length / room));
  for (let at = 0; at < records; ++at) parts.push(await sealRecord(keys, at, plain.subarray(at * room, (at + 1) * room), at === records - 1));
  return join(parts);
}

const hexOf = async (bytes: Bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((one) => one.toString(16).padStart(2, '0')).join('');

for (const [which, using] of Object.entries(bothPrimitives)) {
  test(`what is sealed opens, and is sealed like that again (${which})`, async () => {
    for (const { what, ikm, salt, record_size: recordSize, key_id: keyId, padded, plain, sealed } of vectors.records) {
      const secret = bytesOf(ikm);
      assert.equal(toBase64url(await decode(new Decoder(using, () => secret), bytesOf(sealed), 10)), plain, what);
      if (padded) continue;
      const made = await encode(using, secret, { salt: bytesOf(salt), recordSize, keyId: bytesOf(keyId) }, bytesOf(plain));
      assert.equal(toBase64url(made), sealed, what);
    }
  });

  test(`what is hostile is refused (${which})`, async () => {
    for (const { what, ikm, sealed } of vectors.refused) {
      for (const piece of [1, 1000]) {
        await assert.rejects(decode(new Decoder(using, () => bytesOf(ikm)), bytesOf(sealed), piece), { name: 'Damaged' }, what);
      }
    }
  });

  test(`the link's key gives the secrets, and contents are sealed with them (${which})`, async () => {
    const secret = await secretFor('content', linkKey(), using);
    assert.equal(toBase64url(secret), vectors.link.content_ikm);
    assert.equal(toBase64url(await secretFor('name', linkKey(), using)), vectors.link.name_ikm);
    const salt = bytesOf(vectors.contents.salt);
    for (const { plain_size: size, plain_sha256, sealed_sha256 } of vectors.contents.of) {
      const plain = Uint8Array.from({ length: size }, (_, at) => (7 * at + (at >> 8)) % 256);
      assert.equal(await hexOf(plain), plain_sha256);
      const sealed = await encode(using, secret, { salt, recordSize: kRecordSize, keyId: new Uint8Array() }, plain);
      assert.equal(await hexOf(sealed), sealed_sha256, String(size));
    }
  });
}

test('the name opens', async () => {
  const { name, type, content_salt: salt, sealed_name: sealed } = vectors.name;
  const opened = await openName(sealed, linkKey());
  assert.deepEqual({ ...opened, salt: toBase64url(opened.salt) }, { name, type, salt });
});

test('sizes are those of the vectors', () => {
  for (const { plain, sealed } of vectors.sizes) {
    assert.equal(sealedLength(plain), sealed);
    assert.equal(openedLength(sealed), plain);
  }
});
