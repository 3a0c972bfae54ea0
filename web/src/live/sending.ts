// One request, answered: opened with fresh keys, its file sealed and sent chunk by chunk, begun anew after a break, and its
// receipt checked. What it is told comes from the offer's events.
import { Problem } from '../api/problem.ts';
import { type Bytes } from '../sealed/bytes.ts';
import { ChunkCipher, kPiece } from './chunks.ts';
import { freshSalt, type KeyPair, newKeyPair, sharedSecret, transferKeys } from './keys.ts';
import { type Agreed, receiptMac, sameMac, senderMac } from './macs.ts';
import { Patience } from './patience.ts';
import { openRequest, putChunk } from './sender_calls.ts';
import { type Slots } from './slots.ts';
import { Changed, Reader, type Source } from './source.ts';
import { type EndReason, type LiveTransfer } from './transfer.ts';

const kAhead = 3;         // chunks of one request on their way, or waiting for their turn
const kSureOfRoom = 12;   // chunks beyond those taken, whose answers the daemon does not hold back

// The attempt is over; another one may come.
const kOver = ['transfer_superseded', 'transfer_ended', 'not_found', 'not_ready'];

interface Context {
  liveId: string;
  secret: Bytes;
  authKey: Bytes;
  slots: Slots;
  // Ends the request at the daemon as well.
  end: (reason: EndReason) => void;
}

export class Sending {
  private readonly keys: KeyPair = newKeyPair();
  private readonly agreed: Agreed;
  private readonly shared: Bytes;
  private receiptKey: Bytes | undefined;
  private control = new AbortController();
  private attempt: number | undefined;
  private taken = 0;                       // chunks of the file that the receiver's connection was handed

  // Throws Damaged for a public key that is none.
  constructor(readonly transfer: LiveTransfer, private readonly source: Source, private readonly context: Context, receiverKey: Bytes) {
    const { requestId, file } = transfer;
    this.agreed = { liveId: context.liveId, requestId, file, receiverKey, senderKey: this.keys.publicKey };
    this.shared = sharedSecret(this.keys, receiverKey);
  }

  // The same attempt again is nothing new while it runs.
  begin({ from, attempt }: { from: number; attempt: number }): void {
    if (this.transfer.over.value || (attempt === this.attempt && !this.control.signal.aborted)) return;
    this.stop();
    this.attempt = attempt;
    this.control = new AbortController();
    void this.run(from, attempt, this.control);
  }

  stop(): void {
    this.control.abort();
  }

  pause(): void {
    this.stop();
    if (!this.transfer.over.value) this.transfer.state.value = 'paused';
  }

  // Whether this is from who has the link and all of the file.
  async isReceipt(mac: Bytes): Promise<boolean> {
    const { receiptKey } = this;
    if (!receiptKey) return false;
    const digest = await this.source.digest().catch(() => undefined);
    return digest !== undefined && sameMac(mac, receiptMac(receiptKey, this.transfer.requestId, digest));
  }

  private async run(from: number, attempt: number, control: AbortController): Promise<void> {
    const { signal } = control;
    try {
      if (from >= this.source.chunks) throw new Problem('conflict', 0, 'that is behind the end of the file');
      const cipher = await this.open(from, attempt, signal);
      this.transfer.state.value = 'sending';
      this.taken = from;
      this.note(from);
      await this.send(from, attempt, cipher, control);
      signal.throwIfAborted();
      this.transfer.state.value = 'confirming';
    } catch (reason) {
      const cause: unknown = signal.aborted ? signal.reason : reason;
      if (wasStopped(cause)) return;
      control.abort();
      this.fail(cause);
    }
  }

  private fail(reason: unknown): void {
    if (reason instanceof Problem && kOver.includes(reason.code)) return;   // an event will say, or has
    this.context.end(reason instanceof Changed ? 'file_changed' : 'refused');
  }

  // With a fresh salt each time: what was sealed before may have been of another content.
  private async open(from: number, attempt: number, signal: AbortSignal): Promise<ChunkCipher> {
    const { agreed, keys, context, source: { chunks } } = this;
    const salt = freshSalt();
    const { content, receipt } = transferKeys(this.shared, context.secret, salt, agreed);
    const mac = senderMac(context.authKey, agreed, { salt, chunks, from });
    const cipher = await ChunkCipher.make(content, agreed.requestId);
    await patiently(signal, () => openRequest(context.liveId, agreed.requestId, { publicKey: keys.publicKey, mac, salt, chunks, attempt, from }, signal));
    this.receiptKey = receipt;
    return cipher;
  }

  private async send(from: number, attempt: number, cipher: ChunkCipher, control: AbortController): Promise<void> {
    const { signal } = control;
    const reader = new Reader(this.source);
    const flights = new Set<Promise<void>>();
    const launch = (number: number, closing: boolean, plain: Bytes) => {
      const flight = cipher.seal(number, closing, plain)
        .then((sealed) => this.put(number, attempt, sealed, signal))
        .catch((reason: unknown) => { control.abort(reason); })   // the others with it
        .finally(() => flights.delete(flight));
      flights.add(flight);
    };
    for (let number = from; number < this.source.chunks; ++number) {
      const closing = number === this.source.chunks - 1;
      const plain = closing ? await this.source.digest() : await reader.piece(number);
      while (flights.size >= kAhead || (flights.size > 0 && number - this.taken >= kSureOfRoom)) await Promise.race(flights);
      signal.throwIfAborted();
      launch(number, closing, plain);
    }
    await Promise.all(flights);
  }

  // Sends what was sealed, the same bytes again if need be.
  private async put(number: number, attempt: number, sealed: Bytes, signal: AbortSignal): Promise<void> {
    const { liveId, slots } = this.context;
    await patiently(signal, async () => {
      const release = await slots.take(this, signal);
      try {
        const taken = await putChunk(liveId, this.transfer.requestId, number, { attempt, sealed }, signal);
        if (!signal.aborted) this.note(taken);
      } finally {
        release();
      }
    });
  }

  private note(taken: number): void {
    this.taken = Math.max(this.taken, Math.min(taken, this.source.chunks));
    this.transfer.note(Math.min(this.taken * kPiece, this.transfer.size));
  }
}

const wasStopped = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'AbortError';

// As often as it takes, while it may yet work: a broken connection, a busy daemon. The signal, or another answer, ends it.
async function patiently(signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  const patience = new Patience();
  for (;;) {
    try {
      return await act();
    } catch (reason) {
      signal.throwIfAborted();
      if (!(reason instanceof Problem) || !reason.passing) throw reason;
      await patience.wait(signal, reason.retryAfter);
    }
  }
}
