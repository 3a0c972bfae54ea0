// Chunks: pieces of a file, each sealed for itself with its number and whether it is the closing one, so that none can be
// changed, moved or taken for another.
import { type Bytes, join, utf8 } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { type AesGcm, type Primitives, primitives } from '../sealed/primitives.ts';

export const kPiece = 262_144;            // bytes
export const kTag = 16;                   // bytes that sealing adds
export const kSealedPiece = kPiece + kTag;
export const kDigest = 32;                // bytes, the content of the closing chunk

export const piecesOf = (size: number): number => Math.ceil(size / kPiece);

// The closing one included.
export const chunksOf = (size: number): number => piecesOf(size) + 1;

function nonceOf(number: number): Bytes {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(4, BigInt(number));
  return nonce;
}

export class ChunkCipher {
  private constructor(private readonly cipher: AesGcm, private readonly request: Bytes) {}

  static async make(contentKey: Bytes, requestId: string, using?: Primitives): Promise<ChunkCipher> {
    const { aesGcm } = using ?? await primitives();
    return new ChunkCipher(await aesGcm(contentKey), utf8(requestId));
  }

  seal(number: number, last: boolean, plain: Bytes): Promise<Bytes> {
    return this.cipher.seal(nonceOf(number), plain, this.associated(number, last));
  }

  // Throws Damaged for what seal() did not make of this number.
  async open(number: number, last: boolean, sealed: Bytes): Promise<Bytes> {
    try {
      return await this.cipher.open(nonceOf(number), sealed, this.associated(number, last));
    } catch {
      throw new Damaged(`chunk ${number} does not open`);
    }
  }

  private associated(number: number, last: boolean): Bytes {
    const end = new Uint8Array(9);
    new DataView(end.buffer).setBigUint64(0, BigInt(number));
    end[8] = last ? 1 : 0;
    return join([this.request, end]);
  }
}
