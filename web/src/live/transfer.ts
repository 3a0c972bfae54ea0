// One receiver's transfer of one file, as the sender's screen shows it.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { Meter } from '../media/meter.ts';

export type TransferState = 'waiting' | 'sending' | 'paused' | 'confirming' | 'received' | 'ended';

// Why it ended: the receiver or this person gave up, nothing moved for five minutes, the file is not what it was, what came
// in the receiver's name was not from who has the link, the offer is over, or the daemon would not go on.
export type EndReason = 'cancelled_by_receiver' | 'cancelled_by_sender' | 'idle' | 'file_changed' | 'not_authentic' | 'offer_over' | 'refused';

const kTold = 100;  // milliseconds

export class LiveTransfer {
  readonly meter = new Meter();                                          // of the bytes taken
  readonly state: Signal<TransferState> = signal<TransferState>('waiting');
  readonly reason = signal<EndReason | undefined>(undefined);            // once it has ended
  readonly taken = signal(0);                                            // bytes handed to the receiver's connection
  readonly over: ReadonlySignal<boolean> = computed(() => this.state.value === 'received' || this.state.value === 'ended');

  constructor(
    readonly requestId: string,
    readonly file: number,                                               // in the offer, counted from 0
    readonly name: string,
    readonly size: number,                                               // bytes
  ) {}

  private told = 0;

  // So many bytes were taken by now. Told ten times a second at most, and at the end.
  note(bytes: number): void {
    const now = performance.now();
    this.meter.note(bytes, now);
    if (now - this.told < kTold && bytes < this.size) return;
    this.told = now;
    this.taken.value = bytes;
  }

  receive(): void {
    this.taken.value = this.size;
    this.state.value = 'received';
  }

  end(reason: EndReason): void {
    if (this.over.value) return;
    this.reason.value = reason;
    this.state.value = 'ended';
  }
}
