// What a receiver makes of the stream of one request, over as many connections as it takes: the sender's openings are
// checked, chunks opened and handed on in order. Throws Damaged for whatever is not from who has the link.
import { type Bytes } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { ChunkCipher } from './chunks.ts';
import { type KeyPair, sharedSecret, transferKeys } from './keys.ts';
import { type Opening, type StreamItem } from './lines.ts';
import { receiptMac, type ReceiverPart, sameMac, senderMac } from './macs.ts';
import { Pieces } from './pieces.ts';

export interface Expected extends ReceiverPart {
  requestId: string;
  keys: KeyPair;
  secret: Bytes;
  authKey: Bytes;
  size: number | null;
}

export class Incoming {
  private readonly pieces: Pieces;
  private cipher: ChunkCipher | undefined;
  private receiptKey: Bytes | undefined;

  constructor(private readonly expected: Expected, private readonly write: (piece: Bytes) => Promise<void>) {
    this.pieces = new Pieces(expected.size);
  }

  get next(): number {
    return this.pieces.next;
  }

  // All of it is there, and is what the sender has.
  get whole(): boolean {
    return this.pieces.digest !== undefined;
  }

  // A new connection: the sender opens again.
  connected(): void {
    this.cipher = undefined;
  }

  get opened(): boolean {
    return this.cipher !== undefined;
  }

  async take(item: Extract<StreamItem, { kind: 'opening' | 'chunk' }>): Promise<void> {
    if (item.kind === 'opening') return this.open(item);
    if (!this.cipher) throw new Damaged('a chunk before the sender opened');
    const piece = await this.pieces.take(item.number, item.sealed, this.cipher);
    if (piece) await this.write(piece);
  }

  // Proves to the sender that all of it is there.
  receipt(): Bytes {
    const { digest } = this.pieces;
    if (!digest || !this.receiptKey) throw new Error('there is no receipt yet');
    return receiptMac(this.receiptKey, this.expected.requestId, digest);
  }

  private async open({ publicKey: senderKey, mac, salt, chunks, from }: Opening): Promise<void> {
    const { expected } = this;
    const agreed = { ...expected, senderKey };
    if (!sameMac(mac, senderMac(expected.authKey, agreed, { salt, chunks, from }))) throw new Damaged('somebody else opened');
    this.pieces.open(chunks, from);
    const { content, receipt } = transferKeys(sharedSecret(expected.keys, senderKey), expected.secret, salt, agreed);
    this.cipher = await ChunkCipher.make(content, expected.requestId);
    this.receiptKey = receipt;
  }
}
