// Brings files into an exchange, one after the other. Breaks are waited out; what was refused stays in the list with its
// reason. `changed` is read by whoever shows it: items are plain objects.
import { signal } from '@preact/signals';
import { asProblem, Problem } from '../api/problem.ts';
import { Meter } from '../media/meter.ts';
import { here, readInfo, type UploadAddress, uploadAddress } from './calls.ts';
import { type Cargo, cargoOf, Unreadable } from './cargo.ts';
import { abandon, send } from './transport.ts';
import { type Visit } from './visit.ts';
import { until } from './waiting.ts';

// What it waits for: the network or the server, or that another upload leaves its place.
export type HoldUp = 'network' | 'place';
export type ItemState = 'chosen' | 'waiting' | 'running' | 'done' | 'failed';

export interface Item {
  readonly id: number;
  readonly file: File;
  readonly meter: Meter;
  readonly place: { url?: string | undefined };   // where it goes on
  state: ItemState;
  sent: number;                 // bytes
  size: number;                 // bytes that are sent in all; known once it runs
  holdUp: HoldUp | undefined;
  problem: Problem | undefined;
  cargo: Cargo | undefined;
  address: UploadAddress | undefined;
}

const kTold = 100;     // milliseconds between two tellings of progress
const kPause = 2000;   // milliseconds
const kRenewals = 3;   // addresses that are asked for in a row for one file

export class Sender {
  readonly changed = signal(0);
  readonly paused = signal(false);
  items: Item[] = [];
  private lastId = 0;
  private told = 0;
  private control: AbortController | undefined;

  constructor(private readonly visit: Pick<Visit, 'access' | 'key'>) {}

  add(files: readonly File[]): void {
    this.items = [...this.items, ...files.map((file): Item => ({
      id: ++this.lastId, file, meter: new Meter(), place: {}, state: 'chosen', sent: 0, size: file.size, holdUp: undefined,
      problem: undefined, cargo: undefined, address: undefined,
    }))];
    this.touch();
  }

  remove(item: Item): void {
    this.items = this.items.filter((one) => one !== item);
    if (item.state === 'running') this.control?.abort();
    if (item.state !== 'done') abandon(item.place);
    this.touch();
  }

  start(): void {
    for (const item of this.items) if (item.state === 'chosen') item.state = 'waiting';
    this.paused.value = false;
    void this.work();
  }

  pause(): void {
    this.paused.value = true;
    this.control?.abort();
  }

  retry(item: Item): void {
    Object.assign(item, { state: 'waiting', problem: undefined });
    this.start();
  }

  // The page goes away: what is half there is of no use to anybody and would keep others waiting.
  leave(): void {
    this.paused.value = true;
    this.control?.abort();
    for (const { state, place } of this.items) if (state !== 'done') abandon(place);
  }

  // Whether there is something on its way.
  get busy(): boolean {
    return this.items.some(({ state }) => state === 'running' || state === 'waiting');
  }

  private async work(): Promise<void> {
    if (this.control) return;
    for (;;) {
      const item = this.paused.value ? undefined : this.items.find(({ state }) => state === 'waiting');
      if (!item) break;
      this.control = new AbortController();
      await this.run(item, this.control.signal);
    }
    this.control = undefined;
    this.touch();
  }

  private async run(item: Item, stop: AbortSignal): Promise<void> {
    Object.assign(item, { state: 'running', holdUp: undefined });
    item.meter.note(item.sent, performance.now());
    this.touch();
    try {
      await this.bring(item, stop);
      Object.assign(item, { state: 'done', sent: item.size });
    } catch (reason) {
      if (stop.aborted) Object.assign(item, { state: 'waiting', holdUp: undefined });
      else Object.assign(item, { state: 'failed', problem: reason instanceof Unreadable ? new Problem('unreadable', 0) : asProblem(reason) });
    }
    this.touch();
  }

  // An address may run out before it is used; then there is another.
  private async bring(item: Item, stop: AbortSignal): Promise<void> {
    const cargo = item.cargo ??= await cargoOf(item.file, this.visit.key);
    item.size = cargo.size;
    for (let renewed = 0; ; ++renewed) {
      try {
        return await this.attempt(item, cargo, stop);
      } catch (reason) {
        if (stop.aborted || !(reason instanceof Problem)) throw reason;
        if (item.sent >= cargo.size && await this.hasArrived(cargo)) return;
        const full = reason.code === 'conflict';
        if (reason.passing || (full && await this.hasRoom())) {
          this.hold(item, full ? 'place' : 'network');
          await until(kPause, stop, reason.retryAfter);
          renewed = 0;
          continue;
        }
        if (reason.code !== 'forbidden' || renewed >= kRenewals) throw reason;
        item.place.url = item.address = undefined;
      }
    }
  }

  private async attempt(item: Item, cargo: Cargo, signal: AbortSignal): Promise<void> {
    const address = item.address ??= await uploadAddress(this.visit.access, { filename: cargo.name, size: cargo.size, sealed_name: cargo.sealedName });
    signal.throwIfAborted();
    await send({
      address: { ...address, url: here(address.url), resumable_url: here(address.resumable_url) }, cargo, signal, place: item.place,
      onProgress: (bytes) => this.progress(item, bytes),
      onWaiting: (waiting) => this.hold(item, waiting ? 'network' : undefined),
    });
  }

  // The last answer may have been lost, and the address is spent then.
  private async hasArrived({ name, sealedName, size }: Cargo): Promise<boolean> {
    const info = await readInfo(this.visit.access).catch(() => undefined);
    const mine = this.items.filter(({ state, cargo }) => state === 'done' && cargo?.name === name && cargo.sealedName === sealedName && cargo.size === size).length;
    const there = info?.files?.filter((file) => file.size === size && (sealedName === undefined ? file.name === name : file.sealed_name === sealedName)).length ?? 0;
    return there > mine;
  }

  // All places are taken, but not for good: perhaps by this file, before its connection broke.
  private async hasRoom(): Promise<boolean> {
    const info = await readInfo(this.visit.access).catch(() => undefined);
    return info !== undefined && info.files_left > 0;
  }

  private hold(item: Item, holdUp: HoldUp | undefined): void {
    if (item.holdUp === holdUp) return;
    item.holdUp = holdUp;
    this.touch();
  }

  private progress(item: Item, bytes: number): void {
    const now = performance.now();
    item.sent = bytes;
    item.meter.note(bytes, now);
    if (now - this.told >= kTold) this.touch();
  }

  private touch(): void {
    this.told = performance.now();
    this.changed.value++;
  }
}
