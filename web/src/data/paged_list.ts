// A list of the daemon that is fetched page by page, as far as one wants to see. State is in signals; one list, one owner.
import { computed, signal } from '@preact/signals';
import { asProblem, type Problem } from '../api/problem.ts';
import { type Page } from '../api/types.ts';

type Fetch<Item> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;

export class PagedList<Item> {
  readonly items = signal<Item[]>([]);
  readonly problem = signal<Problem | undefined>(undefined);
  readonly loading = signal(false);
  readonly complete = signal(false);            // there is nothing after the last item
  readonly started = signal(false);             // at least one page came
  readonly isEmpty = computed(() => this.complete.value && this.items.value.length === 0);
  private next: string | undefined;
  private running: AbortController | undefined;

  constructor(private readonly fetch: Fetch<Item>, private readonly idOf: (item: Item) => string) {}

  // The next page; nothing while one is on its way or all are there.
  async more(): Promise<void> {
    if (this.loading.value || this.complete.value) return;
    await this.read(this.next, (page) => {
      const known = new Set(this.items.value.map(this.idOf));
      this.items.value = [...this.items.value, ...page.items.filter((item) => !known.has(this.idOf(item)))];
      this.advance(page);
    });
  }

  // From the beginning; what is there stays to be seen until the first page comes.
  async restart(): Promise<void> {
    this.stop();
    await this.read(undefined, (page) => {
      this.items.value = page.items;
      this.advance(page);
    });
  }

  // What an action changed here already.
  replace(item: Item): void {
    this.items.value = this.items.value.map((one) => (this.idOf(one) === this.idOf(item) ? item : one));
  }
  remove(ids: ReadonlySet<string>): void {
    this.items.value = this.items.value.filter((one) => !ids.has(this.idOf(one)));
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
    this.loading.value = false;
  }

  clear(): void {
    this.stop();
    this.next = undefined;
    this.items.value = [];
    this.problem.value = undefined;
    this.complete.value = false;
    this.started.value = false;
  }

  private advance(page: Page<Item>): void {
    this.next = page.next ?? undefined;
    this.complete.value = page.next === null;
    this.started.value = true;
  }

  private async read(cursor: string | undefined, take: (page: Page<Item>) => void): Promise<void> {
    const control = new AbortController();
    this.running = control;
    this.loading.value = true;
    try {
      const page = await this.fetch(cursor, control.signal);
      if (control.signal.aborted) return;
      this.problem.value = undefined;
      take(page);
    } catch (reason) {
      if (!control.signal.aborted) this.problem.value = asProblem(reason);
    } finally {
      if (this.running === control) this.stop();
    }
  }
}
