// What a receiver takes: pieces in order, none twice and none left out, of the sizes they must have, and at the end the
// checksum of them all. Throws Damaged for everything else; nothing may be taken after that.
import { sha256 } from '@noble/hashes/sha2';
import { type Bytes, own } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { type ChunkCipher, chunksOf, kDigest, kPiece, kTag } from './chunks.ts';
import { sameMac } from './macs.ts';

export class Pieces {
  next = 0;                            // the chunk that must come
  bytes = 0;                           // of the pieces taken
  digest: Bytes | undefined;           // of all of them, once the closing chunk was right
  private chunks: number | null;
  private ended = false;               // the last piece was there
  private readonly hash = sha256.create();

  constructor(private readonly size: number | null) {
    this.chunks = size === null ? null : chunksOf(size);
  }

  // The sender begins, or begins anew. What was said of the length before must still be so.
  open(chunks: number | null, from: number): void {
    if (this.digest) throw new Damaged('it begins anew behind its end');
    if (from !== this.next) throw new Damaged(`it goes on with chunk ${from}, not with ${this.next}`);
    if (this.chunks !== null ? chunks !== this.chunks : chunks !== null && chunks <= this.next) throw new Damaged('it has another length than was said');
    this.chunks = chunks;
  }

  // The piece, or nothing for the closing chunk.
  async take(number: number, sealed: Bytes, cipher: ChunkCipher): Promise<Bytes | undefined> {
    if (this.digest) throw new Damaged('there is more behind the end');
    if (number !== this.next) throw new Damaged(`chunk ${number} came in the place of ${this.next}`);
    const closing = await this.openClosing(number, sealed, cipher);
    if (closing) this.close(closing);
    const piece = closing ? undefined : await cipher.open(number, false, sealed);
    if (piece) this.add(number, piece);
    ++this.next;
    return piece;
  }

  // Where nobody knows the number of chunks, one of this length may be either.
  private async openClosing(number: number, sealed: Bytes, cipher: ChunkCipher): Promise<Bytes | undefined> {
    if (this.chunks !== null) return number === this.chunks - 1 ? cipher.open(number, true, sealed) : undefined;
    if (sealed.length !== kDigest + kTag) return undefined;
    return cipher.open(number, true, sealed).catch(() => undefined);
  }

  private add(number: number, piece: Bytes): void {
    const short = piece.length < kPiece;
    if (piece.length === 0 || piece.length > kPiece) throw new Damaged('a piece of a wrong size');
    if (this.ended || (short && this.chunks !== null && number !== this.chunks - 2)) throw new Damaged('a short piece before the last one');
    if (this.size !== null && this.bytes + piece.length > this.size) throw new Damaged('there is more than there must be');
    this.ended = short;
    this.bytes += piece.length;
    this.hash.update(piece);
  }

  private close(digest: Bytes): void {
    if (this.size !== null && this.bytes !== this.size) throw new Damaged('there is less than there must be');
    const whole = own(this.hash.digest());
    if (!sameMac(whole, digest)) throw new Damaged('its checksum is another');
    this.digest = whole;
  }
}
