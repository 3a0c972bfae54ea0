// A file that is offered, read by as many as there are receivers. Its checksum is made of the pieces as they pass, once for
// all of them; what nobody has read by the end is read for it.
import { sha256 } from '@noble/hashes/sha2';
import { type Bytes, own } from '../sealed/bytes.ts';
import { chunksOf, kPiece, piecesOf } from './chunks.ts';

// It was changed, moved or taken out since it was offered.
export class Changed extends Error {
  override readonly name = 'Changed';
}

const kBlock = 4;  // pieces that are read at once: each reading takes its time, whatever its size

export class Source {
  readonly chunks: number;
  private readonly pieces: number;
  private readonly hash = sha256.create();
  private hashed = 0;                           // pieces
  private whole: Promise<Bytes> | undefined;

  constructor(readonly file: File) {
    this.chunks = chunksOf(file.size);
    this.pieces = piecesOf(file.size);
  }

  // Nothing behind the end. Throws Changed.
  async block(number: number): Promise<Bytes> {
    const start = Math.min(number * kBlock * kPiece, this.file.size);
    const end = Math.min(start + kBlock * kPiece, this.file.size);
    const bytes = await this.file.slice(start, end).arrayBuffer().catch(() => { throw new Changed(); });
    if (bytes.byteLength !== end - start) throw new Changed();
    return new Uint8Array(bytes);
  }

  pass(number: number, piece: Bytes): void {
    if (number !== this.hashed) return;
    this.hash.update(piece);
    ++this.hashed;
  }

  // Throws Changed.
  digest(): Promise<Bytes> {
    this.whole ??= this.finish();
    return this.whole;
  }

  private async finish(): Promise<Bytes> {
    const reader = new Reader(this);
    while (this.hashed < this.pieces) await reader.piece(this.hashed);
    return own(this.hash.digest());
  }
}

// Reads pieces one after the other, and the next ones while these are sent.
export class Reader {
  private readonly blocks = new Map<number, Promise<Bytes>>();   // two at most

  constructor(private readonly source: Source) {}

  // Throws Changed.
  async piece(number: number): Promise<Bytes> {
    const block = Math.floor(number / kBlock);
    const bytes = this.read(block);
    this.read(block + 1);
    for (const one of this.blocks.keys()) if (one < block) this.blocks.delete(one);
    const start = (number % kBlock) * kPiece;
    const piece = (await bytes).subarray(start, start + kPiece);
    this.source.pass(number, piece);
    return piece;
  }

  private read(block: number): Promise<Bytes> {
    const bytes = this.blocks.get(block) ?? this.source.block(block);
    bytes.catch(() => undefined);   // it is told to who asks for the piece
    this.blocks.set(block, bytes);
    return bytes;
  }
}
