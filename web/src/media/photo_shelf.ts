// The large pictures a viewer holds: the one that is shown and, once that is there, its neighbours. Whoever makes a shelf
// clears it in the end; what it no longer needs is let go at once.
import { type Signal, signal } from '@preact/signals';
import { asProblem, type Problem } from '../api/problem.ts';
import { readContent } from './content.ts';
import { contentHref, type MediaItem, showingOf } from './item.ts';

type Picture = { state: 'loading'; part: number } | { state: 'there'; url: string } | { state: 'failed'; problem: Problem };

interface Held {
  picture: Signal<Picture>;
  control: AbortController;
  done: Promise<void>;
}

const kLargestAhead = 24 * 1024 * 1024;  // bytes of a neighbour that is fetched before it is asked for

export class PhotoShelf {
  private readonly held = new Map<string, Held>();
  private readonly changes = signal(0);  // of `held`

  // What is known of it; undefined until show() names it.
  pictureOf(item: MediaItem): Picture | undefined {
    void this.changes.value;
    return this.held.get(contentHref(item))?.picture.value;
  }

  show(item: MediaItem, neighbours: MediaItem[]): void {
    const near = neighbours.filter((one) => showingOf(one) === 'picture' && one.size <= kLargestAhead);
    const wanted = new Set([item, ...near].map(contentHref));
    for (const [key, one] of this.held) if (!wanted.has(key)) this.drop(key, one);
    if (showingOf(item) !== 'picture') return;
    const shown = this.hold(item);
    void shown.done.then(() => {
      // Another one may be shown by now.
      if (shown.picture.peek().state === 'there' && !shown.control.signal.aborted) near.forEach((one) => this.hold(one));
    });
  }

  again(item: MediaItem, neighbours: MediaItem[]): void {
    const key = contentHref(item);
    const failed = this.held.get(key);
    if (failed) this.drop(key, failed);
    this.show(item, neighbours);
  }

  clear(): void {
    for (const [key, one] of this.held) this.drop(key, one);
  }

  private hold(item: MediaItem): Held {
    const key = contentHref(item);
    const there = this.held.get(key);
    if (there && there.picture.peek().state !== 'failed') return there;
    const control = new AbortController();
    const picture = signal<Picture>({ state: 'loading', part: 0 });
    const held = { picture, control, done: load(item, picture, control.signal) };
    this.held.set(key, held);
    this.changes.value++;
    return held;
  }

  private drop(key: string, { picture, control }: Held): void {
    this.held.delete(key);
    this.changes.value++;
    control.abort();
    const last = picture.peek();
    if (last.state === 'there') URL.revokeObjectURL(last.url);
  }
}

async function load(item: MediaItem, picture: Signal<Picture>, abort: AbortSignal): Promise<void> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  try {
    await readContent(item, abort, (piece) => {
      pieces.push(piece);
      count += piece.byteLength;
      picture.value = { state: 'loading', part: item.size > 0 ? count / item.size : 0 };
    });
    if (!abort.aborted) picture.value = { state: 'there', url: URL.createObjectURL(new Blob(pieces, { type: item.media_type })) };
  } catch (reason) {
    if (!abort.aborted) picture.value = { state: 'failed', problem: asProblem(reason) };
  }
}
