import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../src/api/problem.ts';
import { type Page } from '../src/api/types.ts';
import { ReadList } from '../src/screens/shared/read_list.ts';

// A daemon with a list, in pages of two; the cursor is how many come before.
class Daemon {
  items: string[] = [];
  reads = 0;
  down = false;
  before: (() => void) | undefined;    // done before the next answer

  readonly read = async (cursor: string | undefined): Promise<Page<string>> => {
    ++this.reads;
    await Promise.resolve();
    this.before?.();
    this.before = undefined;
    if (this.down) throw new Problem('peer_unreachable', 503);
    const from = Number(cursor ?? 0);
    return { items: this.items.slice(from, from + 2), next: from + 2 < this.items.length ? String(from + 2) : null };
  };
}

const same = (item: string) => item;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('page by page, as it is asked for', async () => {
  const daemon = new Daemon();
  daemon.items = ['e', 'd', 'c', 'b', 'a'];
  const list = new ReadList(daemon.read, same);
  await list.refresh();
  assert.deepEqual(list.items.value, ['e', 'd']);
  list.more();
  list.more();
  await settled();
  assert.deepEqual(list.items.value, ['e', 'd', 'c', 'b']);
  assert.equal(daemon.reads, 2, 'asked twice at once, read once');
  list.more();
  await settled();
  assert.equal(list.complete.value, true);
  list.more();
  assert.equal(daemon.reads, 3);
});

test('a whole list is read to its end, but not beyond its bound', async () => {
  const daemon = new Daemon();
  daemon.items = ['e', 'd', 'c', 'b', 'a'];
  const whole = new ReadList(daemon.read, same, 100);
  await whole.refresh();
  assert.deepEqual(whole.items.value, daemon.items);
  assert.equal(whole.cut.value, false);
  const cut = new ReadList(daemon.read, same, 3);
  await cut.refresh();
  assert.deepEqual(cut.items.value, ['e', 'd', 'c', 'b']);
  assert.equal(cut.cut.value, true);
});

test('reading again keeps what is there to be seen, as far down as it was read, and drops what has gone', async () => {
  const daemon = new Daemon();
  daemon.items = ['e', 'd', 'c', 'b', 'a'];
  const list = new ReadList(daemon.read, same);
  await list.refresh();
  list.more();
  await settled();
  daemon.items = ['f', 'e', 'c', 'b', 'a'];
  const again = list.refresh();
  assert.deepEqual(list.items.value, ['e', 'd', 'c', 'b']);
  await again;
  assert.deepEqual(list.items.value, ['f', 'e', 'c', 'b']);
  daemon.items = [];
  await list.refresh();
  assert.deepEqual(list.items.value, []);
  assert.equal(list.complete.value, true);
});

test('what changes while it is read is read once more, and nothing stands there twice', async () => {
  const daemon = new Daemon();
  daemon.items = ['c', 'b', 'a'];
  const list = new ReadList(daemon.read, same, 100);
  daemon.before = () => {
    daemon.items = ['d', 'c', 'b', 'a'];
    void list.refresh();
    void list.refresh();
  };
  await list.refresh();
  assert.deepEqual(list.items.value, ['d', 'c', 'b', 'a']);
  // A new one at the head moves an old one to the next page.
  const moved = new ReadList(daemon.read, same);
  await moved.refresh();
  daemon.items = ['e', ...daemon.items];
  moved.more();
  await settled();
  assert.deepEqual(moved.items.value, ['d', 'c', 'b']);
});

test('what an action took away stays away until it is brought back', async () => {
  const daemon = new Daemon();
  daemon.items = ['c', 'b', 'a'];
  const list = new ReadList(daemon.read, same, 100);
  await list.refresh();
  list.remove(new Set(['b']));
  assert.deepEqual(list.items.value, ['c', 'a']);
  await list.refresh();
  assert.deepEqual(list.items.value, ['c', 'a']);
  await list.bringBack(['b']);
  assert.deepEqual(list.items.value, ['c', 'b', 'a']);
});

test('a problem leaves the items, and goes when it works again', async () => {
  const daemon = new Daemon();
  daemon.items = ['a'];
  const list = new ReadList(daemon.read, same);
  await list.refresh();
  daemon.down = true;
  await list.refresh();
  assert.equal(list.problem.value?.code, 'peer_unreachable');
  assert.deepEqual(list.items.value, ['a']);
  assert.equal(list.loading.value, false);
  daemon.down = false;
  await list.refresh();
  assert.equal(list.problem.value, undefined);
});

test('an answer that comes after the list became another one counts no more', async () => {
  const daemon = new Daemon();
  daemon.items = ['old'];
  const other = new Daemon();
  other.items = ['new'];
  const list = new ReadList(daemon.read, same);
  const first = list.refresh();
  list.restart(other.read);
  await first;
  await settled();
  assert.deepEqual(list.items.value, ['new']);
});
