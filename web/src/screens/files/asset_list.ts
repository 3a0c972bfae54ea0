// A long list that the daemon gives page by page, newest first, and that changes while one looks at it.
//
// Every item has a key that the list is sorted by, the greatest first: of files it is the id, a ULID, of which later ones
// are greater. So a page tells everything about its stretch of the list. After a change somewhere every page counts as
// stale; those in sight and the first are read again at once, the others when one gets there. What is new at the head can
// be held back, so that nothing moves under somebody's eyes.
import { batch, computed, signal } from '@preact/signals';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Page } from '../../api/types.ts';

export type ReadPage<Item> = (cursor: string | undefined, limit: number, signal: AbortSignal) => Promise<Page<Item>>;

// The stretch of the list behind `after` (a key; undefined: from the head), down to the next one's.
interface Stretch {
  after: string | undefined;
  cursor: string | undefined;
  stale: boolean;
}

const kFirst = 120;   // items: what fills a window, soon
const kThen = 500;

export class AssetList<Item extends { id: string }> {
  readonly items = signal<readonly Item[]>([]);
  readonly ahead = signal<readonly Item[]>([]);           // new ones that are held back
  readonly problem = signal<Problem | undefined>(undefined);
  readonly fresh = signal(false);                         // what is shown belongs to the present filter
  readonly complete = signal(false);                      // nothing comes after the last item
  readonly working = signal(false);
  readonly isEmpty = computed(() => this.complete.value && this.items.value.length === 0 && this.ahead.value.length === 0);

  private stretches: Stretch[] = [];
  private next: string | undefined;                       // the cursor behind the last stretch
  private control = new AbortController();
  private readonly gone = new Map<string, number>();      // deleted here, after so many reads had begun
  private reads = 0;
  private lastKey: string | undefined;                    // how far down one has read
  private wantsMore = false;
  private holds = false;
  private sight: [number, number] = [0, 0];

  constructor(private read: ReadPage<Item>, private readonly keyOf: (item: Item) => string = ({ id }) => id) {}

  // Another list, from its head; the old items stay to be seen until the new ones come.
  restart(read: ReadPage<Item> = this.read): void {
    this.stop();
    this.read = read;
    this.stretches = [];
    this.next = undefined;
    this.lastKey = undefined;
    this.wantsMore = true;
    batch(() => {
      this.fresh.value = false;
      this.complete.value = false;
      this.problem.value = undefined;
      this.ahead.value = [];
    });
    void this.work();
  }

  stop(): void {
    this.control.abort();
    this.control = new AbortController();
    this.working.value = false;
  }

  more(): void {
    this.wantsMore = true;
    void this.work();
  }

  // Something changed, nobody says what.
  refresh(): void {
    for (const stretch of this.stretches) stretch.stale = true;
    void this.work();
  }

  // Which items are in sight, by index.
  look(from: number, to: number): void {
    this.sight = [from, to];
    if (this.stretches.some(({ stale }) => stale)) void this.work();
  }

  // Whether new items wait in `ahead` from now on.
  hold(holds: boolean): void {
    this.holds = holds;
    if (!holds) this.showAhead();
  }

  showAhead(): void {
    if (this.ahead.value.length === 0) return;
    batch(() => {
      this.items.value = [...this.ahead.value, ...this.items.value];
      this.ahead.value = [];
    });
  }

  // What an action here did.
  put(changed: readonly Item[]): void {
    const byId = new Map(changed.map((item) => [item.id, item]));
    for (const id of byId.keys()) this.gone.delete(id);
    const rest = this.items.value.filter(({ id }) => !byId.has(id));
    // What lies further down than one has read comes with its page.
    const { lastKey } = this;
    const within = changed.filter((item) => this.complete.value || (lastKey !== undefined && this.keyOf(item) >= lastKey));
    this.items.value = [...rest, ...within].sort((one, other) => greatestFirst(this.keyOf(one), this.keyOf(other)));
    this.ahead.value = this.ahead.value.filter(({ id }) => !byId.has(id));
  }

  remove(ids: ReadonlySet<string>): void {
    for (const id of ids) this.gone.set(id, this.reads);
    this.items.value = this.items.value.filter(({ id }) => !ids.has(id));
    this.ahead.value = this.ahead.value.filter(({ id }) => !ids.has(id));
  }

  // One request at a time, the most wanted first.
  private async work(): Promise<void> {
    if (this.working.value) return;
    this.working.value = true;
    const { signal: abort } = this.control;
    try {
      for (let job = this.job(); job; job = this.job()) {
        await job(abort);
        if (abort.aborted) return;
        this.problem.value = undefined;
      }
    } catch (reason) {
      if (!abort.aborted) this.problem.value = asProblem(reason);
    } finally {
      if (!abort.aborted) this.working.value = false;
    }
  }

  private job(): ((abort: AbortSignal) => Promise<void>) | undefined {
    if (this.stretches[0]?.stale) return (abort) => this.readAgain(0, abort);
    const seen = this.stretches.findIndex((stretch, at) => stretch.stale && this.isInSight(at));
    if (seen >= 0) return (abort) => this.readAgain(seen, abort);
    if (this.wantsMore && !this.complete.value) return (abort) => this.readNext(abort);
    return undefined;
  }

  private isInSight(at: number): boolean {
    const items = this.items.value;
    const [first, last] = this.sight.map((index) => this.keyAt(items, Math.min(index, items.length - 1)));
    if (first === undefined || last === undefined) return false;
    const { after } = this.stretches[at] ?? {};
    const until = this.stretches[at + 1]?.after;
    return (after === undefined || last < after) && (until === undefined || first >= until);
  }

  private async readNext(abort: AbortSignal): Promise<void> {
    this.wantsMore = false;
    const cursor = this.next;
    const isFirst = this.stretches.length === 0;
    const number = ++this.reads;
    let page: Page<Item>;
    try {
      page = await this.read(cursor, isFirst ? kFirst : kThen, abort);
    } catch (reason) {
      this.wantsMore = true;
      throw reason;
    }
    if (abort.aborted) return;
    const items = this.present(page.items, number);
    batch(() => {
      this.stretches.push({ after: isFirst ? undefined : this.lastKey, cursor, stale: false });
      this.items.value = isFirst ? items : [...this.items.value, ...items];
      this.fresh.value = true;
      this.end(page);
    });
  }

  // Reads one stretch anew. It may have grown beyond a page; then it becomes several.
  private async readAgain(at: number, abort: AbortSignal): Promise<void> {
    const old = this.stretches[at];
    if (!old) return;
    const until = this.stretches[at + 1]?.after;
    const number = ++this.reads;
    const found: Item[] = [];
    const stretches: Stretch[] = [];
    let page: Page<Item>;
    let { cursor, after } = old;
    do {
      page = await this.read(cursor, kThen, abort);
      if (abort.aborted) return;
      stretches.push({ after, cursor, stale: false });
      found.push(...page.items);
      cursor = page.next ?? undefined;
      after = this.keyAt(page.items, -1) ?? after;
    } while (until !== undefined && page.next !== null && (after === undefined || after > until));
    this.place(at, stretches, this.present(found, number), page);
  }

  // Puts what was found in the place of the stretch that was read.
  private place(at: number, stretches: Stretch[], found: Item[], last: Page<Item>): void {
    const after = this.stretches[at]?.after;
    const until = this.stretches[at + 1]?.after;
    const isLast = until === undefined || last.next === null;
    const here = found.filter((item) => isLast || this.keyOf(item) >= until);
    batch(() => {
      const old = this.items.value;
      // An item whose key is another now stood elsewhere.
      const ids = new Set(here.map(({ id }) => id));
      const before = after === undefined ? [] : old.filter((item) => this.keyOf(item) >= after && !ids.has(item.id));
      const behind = isLast ? [] : old.filter((item) => this.keyOf(item) < until && !ids.has(item.id));
      this.stretches.splice(at, isLast ? this.stretches.length : 1, ...stretches);
      if (isLast) this.end(last);
      const head = this.keyAt(old, 0);
      const held = this.holds && at === 0 && head !== undefined ? here.filter((item) => this.keyOf(item) > head) : [];
      if (at === 0) this.ahead.value = held;
      this.items.value = [...before, ...here.slice(held.length), ...behind];
    });
  }

  private end(page: Page<Item>): void {
    this.next = page.next ?? undefined;
    this.lastKey = this.keyAt(page.items, -1) ?? this.lastKey;
    this.complete.value = page.next === null;
  }

  private keyAt(items: readonly Item[], index: number): string | undefined {
    const item = items.at(index);
    return item && this.keyOf(item);
  }

  // Without what was deleted here since the read of that number began.
  private present(items: readonly Item[], number: number): Item[] {
    return items.filter(({ id }) => (this.gone.get(id) ?? 0) < number);
  }
}

function greatestFirst(one: string, other: string): number {
  return one < other ? 1 : one > other ? -1 : 0;
}
