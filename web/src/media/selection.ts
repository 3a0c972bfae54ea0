// What is selected, apart from what is in the document: ids with their items, and the item a range starts from.
import { computed, signal } from '@preact/signals';

interface Selectable { id: string; size: number }

export class Selection<Item extends Selectable> {
  readonly chosen = signal<ReadonlyMap<string, Item>>(new Map());
  readonly count = computed(() => this.chosen.value.size);
  readonly size = computed(() => [...this.chosen.value.values()].reduce((sum, { size }) => sum + size, 0));
  private anchor: string | undefined;   // stays when it is deselected

  has(item: Item): boolean {
    return this.chosen.value.has(item.id);
  }

  get items(): Item[] {
    return [...this.chosen.value.values()];
  }

  toggle(item: Item): void {
    const next = new Map(this.chosen.value);
    if (!next.delete(item.id)) next.set(item.id, item);
    this.anchor = item.id;
    this.chosen.value = next;
  }

  // Everything from where one began to here, in the order of the list.
  reach(items: readonly Item[], to: Item): void {
    const end = items.findIndex(({ id }) => id === to.id);
    const start = items.findIndex(({ id }) => id === this.anchor);
    if (end < 0) return;
    if (start < 0) return this.toggle(to);
    const next = new Map(this.chosen.value);
    for (const item of items.slice(Math.min(start, end), Math.max(start, end) + 1)) next.set(item.id, item);
    this.chosen.value = next;
  }

  // Where a range will start, though nothing is selected yet.
  startAt(item: Item): void {
    this.anchor = item.id;
  }

  all(items: readonly Item[]): void {
    this.chosen.value = new Map(items.map((item) => [item.id, item]));
  }

  clear(): void {
    if (this.chosen.value.size > 0) this.chosen.value = new Map();
  }

  // Keeps to what the list still has, as it has it now.
  follow(items: readonly Item[]): void {
    const old = this.chosen.value;
    if (old.size === 0) return;
    const next = new Map(items.filter(({ id }) => old.has(id)).map((item) => [item.id, item]));
    const same = next.size === old.size && [...next].every(([id, item]) => old.get(id) === item);
    if (!same) this.chosen.value = next;
  }
}
