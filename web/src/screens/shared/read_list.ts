// A list of the daemon in an order that says nothing about what is new, kept true: it is read again from its head, as far
// down as it was read before, and the old items stay to be seen until then. State is in signals.
import { batch, computed, signal } from '@preact/signals';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Page } from '../../api/types.ts';

export type ReadPage<Item> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;

export class ReadList<Item> {
  readonly items = signal<readonly Item[]>([]);
  readonly problem = signal<Problem | undefined>(undefined);  // of the last reading
  readonly loading = signal(false);
  readonly started = signal(false);    // the items are what the daemon said
  readonly complete = signal(false);   // nothing comes after the last item
  readonly cut = computed(() => this.started.value && !this.complete.value && this.items.value.length >= this.whole);

  private next: string | undefined;
  private control = new AbortController();
  private stale = false;
  private wantsMore = false;
  private readsNext = false;
  private readonly hidden = new Set<string>();

  // So many items of `whole` are read without being asked for; by default none but the first page.
  constructor(private read: ReadPage<Item>, private readonly keyOf: (item: Item) => string, private readonly whole = 0) {}

  // Another list in the place of this one.
  restart(read: ReadPage<Item> = this.read): void {
    this.clear();
    this.read = read;
    void this.refresh();
  }

  // From the head on, once more; as often as it is asked for while it runs, it runs once more after that.
  refresh(): Promise<void> {
    this.stale = true;
    return this.work();
  }

  // The next page; nothing while one is on its way.
  more(): void {
    if (!this.started.value || this.complete.value || this.readsNext) return;
    this.wantsMore = true;
    void this.work();
  }

  clear(): void {
    this.stop();
    this.next = undefined;
    this.items.value = [];
    this.problem.value = undefined;
    this.started.value = false;
    this.complete.value = false;
  }

  stop(): void {
    this.control.abort();
    this.control = new AbortController();
    this.loading.value = false;
    this.stale = false;
    this.wantsMore = false;
    this.readsNext = false;
  }

  // What an action here takes away; it stays away, whatever a reading finds that began before the daemon was done.
  remove(keys: ReadonlySet<string>): void {
    for (const key of keys) this.hidden.add(key);
    this.items.value = this.items.value.filter((item) => !keys.has(this.keyOf(item)));
  }

  // The action failed: with the next reading they are back.
  bringBack(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.hidden.delete(key);
    return this.refresh();
  }

  private async work(): Promise<void> {
    if (this.loading.value) return;
    this.loading.value = true;
    const { signal: abort } = this.control;
    try {
      while (this.stale || this.wantsMore) {
        if (this.stale) await this.readAgain(abort);
        else await this.readNext(abort);
        if (abort.aborted) return;
        this.problem.value = undefined;
        if (!this.complete.value && this.items.value.length < this.whole) this.wantsMore = true;
      }
    } catch (reason) {
      if (!abort.aborted) this.problem.value = asProblem(reason);
    } finally {
      if (!abort.aborted) this.loading.value = false;
    }
  }

  private async readAgain(abort: AbortSignal): Promise<void> {
    this.stale = false;
    const asFarAs = this.items.value.length;
    let found: Item[] = [];
    let page: Page<Item>;
    let cursor: string | undefined;
    do {
      page = await this.read(cursor, abort);
      if (abort.aborted) return;
      found = this.join(found, page.items);
      cursor = page.next ?? undefined;
    } while (cursor && found.length < asFarAs);
    this.take(found, page);
  }

  private async readNext(abort: AbortSignal): Promise<void> {
    this.wantsMore = false;
    this.readsNext = true;
    try {
      const page = await this.read(this.next, abort);
      if (!abort.aborted) this.take(this.join(this.items.value, page.items), page);
    } finally {
      if (!abort.aborted) this.readsNext = false;
    }
  }

  // What moved while pages were read comes twice.
  private join(before: readonly Item[], more: readonly Item[]): Item[] {
    const known = new Set(before.map(this.keyOf));
    return [...before, ...more.filter((item) => !known.has(this.keyOf(item)))];
  }

  private take(items: Item[], last: Page<Item>): void {
    this.next = last.next ?? undefined;
    batch(() => {
      this.items.value = items.filter((item) => !this.hidden.has(this.keyOf(item)));
      this.complete.value = last.next === null;
      this.started.value = true;
    });
  }
}
