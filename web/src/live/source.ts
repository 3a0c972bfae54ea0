// A file that is offered, read piece by piece, as often as there are receivers. Its checksum is made of the pieces as they
// pass, once for all of them; what nobody has read by the end is read for it.
import { sha256 } from '@noble/hashes/sha2';
import { type Bytes, own } from '../sealed/bytes.ts';
import { chunksOf, kPiece, piecesOf } from './chunks.ts';

// It was changed, moved or taken out since it was offered.
export class Changed extends Error {
  override readonly name = 'Changed';
}

export class Source {
  readonly chunks: number;
  private readonly pieces: number;
  private readonly hash = sha256.create();
  private hashed = 0;                           // pieces
  private whole: Bytes | undefined;

  constructor(readonly file: File) {
    this.chunks = chunksOf(file.size);
    this.pieces = piecesOf(file.size);
  }

  // Throws Changed.
  async piece(number: number): Promise<Bytes> {
    const { size } = this.file;
    const start = number * kPiece;
    const end = Math.min(start + kPiece, size);
    const bytes = await this.file.slice(start, end).arrayBuffer().catch(() => { throw new Changed(); });
    if (bytes.byteLength !== end - start) throw new Changed();
    const piece = new Uint8Array(bytes);
    this.pass(number, piece);
    return piece;
  }

  async digest(): Promise<Bytes> {
    while (this.hashed < this.pieces) await this.piece(this.hashed);
    return this.whole ??= own(this.hash.digest());
  }

  private pass(number: number, piece: Bytes): void {
    if (number !== this.hashed) return;
    this.hash.update(piece);
    ++this.hashed;
  }
}
