// Files sealed and opened again, as the pages of an exchange do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64url } from '../src/sealed/bytes.ts';
import { keyFrom, keyText, newKey } from '../src/sealed/key.ts';
import { openContent, openName } from '../src/sealed/open.ts';
import { sealFile } from '../src/sealed/seal.ts';
import { openedLength } from '../src/sealed/sizes.ts';
import { content, decode } from './sealed_pieces.ts';

const kRoom = 65_536 - 17;
const fileOf = (size: number, name = 'boat.jpg') => new File([content(size)], name, { type: 'image/jpeg' });

test('a key goes through a link', () => {
  const key = newKey();
  assert.equal(keyText(key).length, 43);
  assert.deepEqual(keyFrom(keyText(key)), key);
  for (const text of ['', 'short', `${keyText(key)}A`, keyText(key).slice(1), `${keyText(key).slice(0, 42)}*`]) assert.equal(keyFrom(text), undefined);
});

for (const size of [0, 1, kRoom - 1, kRoom, kRoom + 1, 3 * kRoom, 200_000]) {
  test(`a file of ${size} bytes comes out as it went in`, async () => {
    const key = newKey();
    const sealed = await sealFile(fileOf(size), key);
    assert.equal(openedLength(sealed.size), size);
    const all = await sealed.read(0, sealed.size);
    assert.equal(all.length, sealed.size);
    const { name, type, salt } = await openName(sealed.name, key);
    assert.equal(`${name} ${type}`, 'boat.jpg image/jpeg');
    assert.deepEqual(await decode(await openContent(salt, key), all, 10_000), content(size));
    // Any part can be had again, which is what a broken connection needs.
    for (const [start, end] of [[0, 5], [3, 30], [21, 40], [65_556, 65_558], [65_557, 65_558], [70_000, 150_000], [0, all.length]]) {
      const to = Math.min(end ?? 0, all.length);
      if ((start ?? 0) < to) assert.deepEqual(await sealed.read(start ?? 0, to), all.subarray(start, to));
    }
  });
}

test('nothing is sealed twice the same way', async () => {
  const key = newKey();
  const [first, second] = [await sealFile(fileOf(10), key), await sealFile(fileOf(10), key)];
  assert.notEqual(first.name, second.name);
  assert.notEqual(toBase64url(await first.read(0, 48)), toBase64url(await second.read(0, 48)));
});

test('another key opens neither name nor content', async () => {
  const key = newKey();
  const sealed = await sealFile(fileOf(10), key);
  await assert.rejects(openName(sealed.name, newKey()), { name: 'Damaged' });
  const { salt } = await openName(sealed.name, key);
  await assert.rejects(async () => decode(await openContent(salt, newKey()), await sealed.read(0, sealed.size)), { name: 'Damaged' });
});

test('a name goes with its own content only', async () => {
  const key = newKey();
  const boat = await sealFile(fileOf(10), key);
  const letter = await sealFile(fileOf(10, 'letter.txt'), key);
  const { salt } = await openName(boat.name, key);
  await assert.rejects(async () => decode(await openContent(salt, key), await letter.read(0, letter.size)), { name: 'Damaged' });
});

test('names of any kind are carried, and cut where they are too long', async () => {
  const key = newKey();
  for (const name of ['<img src=x onerror=alert(1)>', '..\\..\\x', 'a\u202egpj.exe', '👩‍👩‍👧'.repeat(10)]) {
    assert.equal((await openName((await sealFile(fileOf(1, name), key)).name, key)).name, name);
  }
  const sealed = await sealFile(new File([], `"${'👩'.repeat(200)}`, { type: 'x'.repeat(3000) }), key);
  assert.ok(sealed.name.length <= 2048);
  assert.equal((await openName(sealed.name, key)).name, `"${'👩'.repeat(63)}`);
  assert.equal((await openName((await sealFile(fileOf(1, 'a\r\nb\0'), key)).name, key)).name, 'a__b_');
});

test('what is no sealed name is refused', async () => {
  for (const text of ['', 'A', '!', 'AAAA', 'A'.repeat(60), 'A'.repeat(4000)]) await assert.rejects(openName(text, newKey()), { name: 'Damaged' });
});
