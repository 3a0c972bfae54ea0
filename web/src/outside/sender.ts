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
  since: number | undefined;    // when the address was new, in milliseconds
}

const kTold = 100;     // milliseconds between two tellings of progress
const kPause = 2000;   // milliseconds
const kFresh = 9 * 60_000;  // milliseconds; an address is good for ten minutes
const kRenewals = 3;   // addresses that are asked for in a row for one file

export class Sender {
  readonly changed = signal(0);
  readonly paused = signal(false);
  items: Item[] = [];
  private lastId = 0;
  private told = 0;
  private control: AbortController | undefined;
  private room: number | undefined;   // files that it took before anything was brought

  constructor(private readonly visit: Pick<Visit, 'access' | 'key'>) {}

  add(files: readonly File[]): void {
    this.items = [...this.items, ...files.map((file): Item => ({
      id: ++this.lastId, file, meter: new Meter(), place: {}, state: 'chosen', sent: 0, size: file.size, holdUp: undefined,
      problem: undefined, cargo: undefined, address: undefined, since: undefined,
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
        if (reason.code === 'forbidden' && item.sent >= cargo.size && await this.hasArrived(item, cargo)) return;
        const full = reason.code === 'conflict';
        if (reason.passing || (full && await this.hasRoom())) {
          this.hold(item, full ? 'place' : 'network');
          await until(kPause, stop, reason.retryAfter);
          renewed = 0;
          continue;
        }
        if (reason.code !== 'forbidden' || renewed >= kRenewals) throw reason;
        item.place.url = item.address = item.since = undefined;
      }
    }
  }

  private async attempt(item: Item, cargo: Cargo, signal: AbortSignal): Promise<void> {
    this.room ??= (await readInfo(this.visit.access)).files_left;
    item.address ??= await uploadAddress(this.visit.access, { filename: cargo.name, size: cargo.size, sealed_name: cargo.sealedName });
    item.since ??= performance.now();
    const { address } = item;
    signal.throwIfAborted();
    await send({
      address: { ...address, url: here(address.url), resumable_url: here(address.resumable_url) }, cargo, signal, place: item.place,
      onProgress: (bytes) => this.progress(item, bytes),
      onWaiting: (waiting) => this.hold(item, waiting ? 'network' : undefined),
    });
  }

  // The answer may have been lost after all bytes had gone out: then the address is spent, long before its time, and there is
  // one more file than there was. Who brings files into somebody's collection is not told its names.
  private async hasArrived({ since }: Item, { sealedName, name, size }: Cargo): Promise<boolean> {
    if (since === undefined || performance.now() - since > kFresh) return false;
    const before = this.room ?? 0;
    const now = await readInfo(this.visit.access).catch(() => undefined);
    const done = this.items.filter(({ state }) => state === 'done').length;
    if (!now || now.files_left >= before - done) return false;
    return now.direction === 'receive' || now.files?.some((file) => file.size === size && (file.sealed_name ?? file.name) === (sealedName ?? name)) === true;
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
