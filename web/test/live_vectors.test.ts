// The vectors of live transfers, which a second implementation made, with the browser's primitives and with those in
// JavaScript.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vectors from '../../tests/vectors/live.json';
import { ChunkCipher, chunksOf, kPiece, piecesOf } from '../src/live/chunks.ts';
import { Incoming } from '../src/live/incoming.ts';
import { keyPairOf, type KeyPair, sharedSecret, transferKeys } from '../src/live/keys.ts';
import { authKey, filesMac, receiptMac, receiverMac, sameMac, senderMac } from '../src/live/macs.ts';
import { Pieces } from '../src/live/pieces.ts';
import { type Bytes, join, toBase64url } from '../src/sealed/bytes.ts';
import { type Primitives } from '../src/sealed/primitives.ts';
import { bytesOf, ruled, sha256Of } from './live_pieces.ts';
import { bothPrimitives } from './sealed_pieces.ts';

type Opening = (typeof vectors.openings)[number];
interface Named { live_id: string; request_id: string; file: number; receiver: string; sender: string }

const kSecret = bytesOf(vectors.secret);
const kAuth = authKey(kSecret);

function keys(name: string): { pair: KeyPair; public: Bytes } {
  const found = Object.entries(vectors.keys).find(([one]) => one === name)?.[1];
  if (!found) throw new Error(`no key ${name}`);
  return { pair: keyPairOf(bytesOf(found.secret)), public: bytesOf(found.public) };
}

const agreed = ({ live_id: liveId, request_id: requestId, file, receiver, sender }: Named) =>
  ({ liveId, requestId, file, receiverKey: keys(receiver).public, senderKey: keys(sender).public });

function opening(at: number): Opening {
  const one = vectors.openings[at];
  if (!one) throw new Error('no such opening');
  return one;
}

const cipherOf = (at: number, using: Primitives, requestId = opening(at).request_id) => ChunkCipher.make(bytesOf(opening(at).content_key), requestId, using);

const plainOf = (plain: { rule?: number[]; bytes?: string }): Bytes => (plain.rule ? ruled(plain.rule[0] ?? 0, plain.rule[1] ?? 0) : bytesOf(plain.bytes ?? ''));

test('MACs are those of the vectors', () => {
  assert.equal(toBase64url(kAuth), vectors.auth_key);
  for (const { what, files, files_mac: mac } of vectors.listings) assert.equal(toBase64url(filesMac(kAuth, files)), mac, what);
  for (const { live_id: liveId, file, receiver_key: key, receiver_mac: mac } of vectors.receivers) {
    assert.equal(toBase64url(receiverMac(kAuth, { liveId, file, receiverKey: bytesOf(key) })), mac);
  }
});

test('keys are those of the vectors, from both sides', () => {
  for (const [name, { public: key }] of Object.entries(vectors.keys)) assert.equal(toBase64url(keys(name).pair.publicKey), key, name);
  for (const one of vectors.openings) {
    const of = agreed(one);
    const salt = bytesOf(one.salt);
    assert.equal(toBase64url(senderMac(kAuth, of, { salt, chunks: one.chunks, from: one.from })), one.sender_mac, one.what);
    const shared = sharedSecret(keys(one.sender).pair, of.receiverKey);
    assert.equal(toBase64url(shared), one.shared, one.what);
    assert.equal(toBase64url(sharedSecret(keys(one.receiver).pair, of.senderKey)), one.shared, one.what);
    const { content, receipt } = transferKeys(shared, kSecret, salt, of);
    assert.equal(toBase64url(content), one.content_key, one.what);
    assert.equal(toBase64url(receipt), one.receipt_key, one.what);
    assert.equal(toBase64url(receiptMac(receipt, one.request_id, bytesOf(one.digest))), one.receipt_mac, one.what);
  }
});

// The chunks of such an opening may still open: it is refused before there are any.
test('an opening is taken with the right MAC alone', async () => {
  const one = opening(0);
  const { liveId, requestId, file, receiverKey, senderKey: publicKey } = agreed(one);
  const expected = { liveId, requestId, file, receiverKey, keys: keys(one.receiver).pair, secret: kSecret, authKey: kAuth, size: 262_145 };
  const said = { kind: 'opening' as const, publicKey, salt: bytesOf(one.salt), chunks: one.chunks, from: one.from };
  const mac = bytesOf(one.sender_mac);
  const good = new Incoming(expected, async () => undefined);
  await good.take({ ...said, mac });
  assert.ok(good.opened);
  const bad = new Incoming(expected, async () => undefined);
  await assert.rejects(bad.take({ ...said, mac: mac.map((byte, at) => (at === 31 ? byte ^ 1 : byte)) }), { name: 'Damaged' });
  assert.ok(!bad.opened);
});

test('MACs and keys that are not right are refused', () => {
  const { public_keys: none, files, receivers, senders } = vectors.refused;
  for (const key of none) assert.equal(thrownBy(() => sharedSecret(keys('receiver').pair, bytesOf(key))), 'Damaged', key);
  for (const one of files) assert.ok(!sameMac(filesMac(kAuth, one.files), bytesOf(one.mac)), one.what);
  for (const one of receivers) {
    const mine = receiverMac(kAuth, { liveId: one.live_id, file: one.file, receiverKey: bytesOf(one.receiver_key) });
    assert.ok(!sameMac(mine, bytesOf(one.mac)), one.what);
  }
  for (const one of senders) {
    const mine = senderMac(kAuth, agreed(one), { salt: bytesOf(one.salt), chunks: one.chunks, from: one.from });
    assert.ok(!sameMac(mine, bytesOf(one.mac)), one.what);
  }
});

function thrownBy(act: () => unknown): string {
  try {
    act();
    return 'nothing';
  } catch (reason) {
    return reason instanceof Error ? reason.name : 'something';
  }
}

for (const [which, using] of Object.entries(bothPrimitives)) {
  test(`chunks are sealed and open (${which})`, async () => {
    for (const { opening: at, number, last, plain, sealed } of vectors.chunks) {
      const cipher = await cipherOf(at, using);
      assert.equal(toBase64url(await cipher.seal(number, last, bytesOf(plain))), sealed, String(number));
      assert.equal(toBase64url(await cipher.open(number, last, bytesOf(sealed))), plain, String(number));
    }
  });

  test(`chunks that are not right are refused (${which})`, async () => {
    for (const { what, opening: at, request_id: requestId, number, last, sealed } of vectors.refused.chunks) {
      await assert.rejects((await cipherOf(at, using, requestId)).open(number, last, bytesOf(sealed)), { name: 'Damaged' }, what);
    }
  });

  test(`files are sealed as the vectors are (${which})`, async () => {
    for (const { size, opening: at, from, chunks, digest, sealed, all_sha256: all } of vectors.contents) {
      const cipher = await cipherOf(at, using);
      const whole = ruled(0, size);
      assert.equal(chunksOf(size), chunks);
      assert.equal(toBase64url(sha256Of(whole)), digest);
      const made: Bytes[] = [];
      for (const one of sealed) {
        const closing = one.number === piecesOf(size);
        assert.equal(closing, one.last);
        const bytes = await cipher.seal(one.number, closing, closing ? bytesOf(digest) : whole.subarray(one.number * kPiece, (one.number + 1) * kPiece));
        assert.equal(toBase64url(sha256Of(bytes)), one.sha256);
        made.push(bytes);
      }
      assert.equal(from + made.length, chunks);
      assert.equal(toBase64url(sha256Of(join(made))), all);
    }
  });

  test(`of what is sent so much is taken as must be (${which})`, async () => {
    for (const one of vectors.streams) {
      const cipher = await cipherOf(one.opening, using);
      const pieces = new Pieces(one.size);
      // What an earlier connection brought.
      if (one.next > 0) pieces.open(one.chunks, 0);
      for (let number = 0; number < one.next; ++number) {
        await pieces.take(number, await cipher.seal(number, false, ruled(number * kPiece, kPiece)), cipher);
      }
      let taken = 0;
      let refused = false;
      try {
        pieces.open(one.chunks, one.from);
        for (const { number, sealed_number: as, sealed_last: last, plain } of one.sent) {
          await pieces.take(number, await cipher.seal(as, last, plainOf(plain)), cipher);
          ++taken;
        }
      } catch (reason) {
        refused = reason instanceof Error && reason.name === 'Damaged';
        if (!refused) throw reason;
      }
      assert.equal(taken, one.taken, one.what);
      assert.equal(pieces.digest !== undefined && !refused, one.complete, one.what);
    }
  });
}
