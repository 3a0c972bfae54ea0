// The requests of an offer: which there are, who is let in, and what the offer's events say to each.
import { type Signal } from '@preact/signals';
import { type Bytes } from '../sealed/bytes.ts';
import { Damaged } from '../sealed/content_coding.ts';
import { type SenderEvent } from './events.ts';
import { receiverMac, sameMac } from './macs.ts';
import { endRequest } from './sender_calls.ts';
import { Sending } from './sending.ts';
import { Slots } from './slots.ts';
import { Source } from './source.ts';
import { type EndReason, LiveTransfer } from './transfer.ts';

const kMostShown = 200;  // transfers; the oldest finished ones make room

export interface Offering { liveId: string; secret: Bytes; authKey: Bytes; names: readonly string[] }

// What a screen shows of them.
export interface Shown {
  readonly transfers: Signal<readonly LiveTransfer[]>;
  readonly notAuthentic: Signal<number>;
}

type Request = Extract<SenderEvent, { kind: 'request' }>;
type Received = Extract<SenderEvent, { kind: 'received' }>;

export class Requests {
  private readonly sendings = new Map<string, Sending>();   // of those that are not over
  private readonly sources: Source[];
  private readonly slots = new Slots();

  constructor(private readonly offering: Offering, files: readonly File[], private readonly shown: Shown) {
    this.sources = files.map((file) => new Source(file));
  }

  take(event: SenderEvent): void {
    switch (event.kind) {
      case 'hello': return this.compare(event.requests);
      case 'request': return this.request(event);
      case 'resume': return this.sendings.get(event.requestId)?.begin(event);
      case 'paused': return this.sendings.get(event.requestId)?.pause();
      case 'received': return void this.received(event);
      case 'cancel': return void this.close(event.requestId, event.reason === 'idle' ? 'idle' : 'cancelled_by_receiver');
      default:
    }
  }

  // Here and at the daemon.
  end(requestId: string, reason: EndReason): void {
    if (!this.close(requestId, reason)) return;
    this.refuse(requestId, reason === 'file_changed' || reason === 'not_authentic' ? reason : 'cancelled');
  }

  endAll(): void {
    for (const requestId of [...this.sendings.keys()]) this.close(requestId, 'offer_over');
  }

  private request(event: Request): void {
    const { requestId, file, publicKey } = event;
    const known = this.sendings.get(requestId);
    if (known) return known.begin(event);
    const source = this.sources[file];
    const mine = receiverMac(this.offering.authKey, { liveId: this.offering.liveId, file, receiverKey: publicKey });
    if (!sameMac(mine, event.mac) || !source) return this.turnAway(requestId);
    const transfer = new LiveTransfer(requestId, file, this.offering.names[file] ?? '', source.file.size);
    try {
      const sending = new Sending(transfer, source, { ...this.offering, slots: this.slots, end: (reason) => this.end(requestId, reason) }, publicKey);
      this.sendings.set(requestId, sending);
      this.show(transfer);
      sending.begin(event);
    } catch (reason) {
      if (!(reason instanceof Damaged)) throw reason;
      this.turnAway(requestId);
    }
  }

  // Whoever this is, they don't have the link.
  private turnAway(requestId: string): void {
    ++this.shown.notAuthentic.value;
    this.refuse(requestId, 'not_authentic');
  }

  private refuse(requestId: string, reason: 'cancelled' | 'file_changed' | 'not_authentic'): void {
    endRequest(this.offering.liveId, requestId, reason).catch(() => undefined);   // it may have ended already
  }

  private async received({ requestId, mac }: Received): Promise<void> {
    const sending = this.sendings.get(requestId);
    if (!sending) return;
    if (!await sending.isReceipt(mac)) {
      ++this.shown.notAuthentic.value;
      return void this.close(requestId, 'not_authentic');
    }
    sending.stop();
    this.sendings.delete(requestId);
    sending.transfer.receive();
  }

  // Those that the daemon does not know any more have ended while it could not be heard.
  private compare(there: readonly string[]): void {
    for (const requestId of [...this.sendings.keys()]) if (!there.includes(requestId)) this.close(requestId, 'cancelled_by_receiver');
  }

  // False: it was over before.
  private close(requestId: string, reason: EndReason): boolean {
    const sending = this.sendings.get(requestId);
    if (!sending) return false;
    this.sendings.delete(requestId);
    sending.stop();
    sending.transfer.end(reason);
    return true;
  }

  private show(transfer: LiveTransfer): void {
    const all = [transfer, ...this.shown.transfers.value];
    const oldest = all.length > kMostShown ? [...all].reverse().find(({ over }) => over.value) : undefined;
    this.shown.transfers.value = all.filter((one) => one !== oldest);
  }
}
