// The list of files against a daemon that is played here: pages, changes elsewhere, and changes of one's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offline } from '../src/api/problem.ts';
import { AssetList } from '../src/screens/files/asset_list.ts';
import { Selection } from '../src/media/selection.ts';

interface Item { id: string; size: number; name: string }
const item = (number: number, name = ''): Item => ({ id: String(number).padStart(6, '0'), size: number, name });

// A list behind the cursor "after this id", as the daemon keeps it.
class Daemon {
  items: Item[] = [];
  reads: string[] = [];
  broken = false;
  constructor(count: number) {
    for (let number = count; number > 0; --number) this.items.push(item(number));
  }
  list = new AssetList<Item>(async (cursor, limit) => {
    this.reads.push(cursor ?? 'head');
    await Promise.resolve();
    if (this.broken) throw offline();
    const behind = this.items.filter(({ id }) => cursor === undefined || id < cursor);
    const page = behind.slice(0, limit);
    return { items: page, next: behind.length > limit ? page.at(-1)?.id ?? null : null };
  });
  change(number: number, change: (at: number) => void) {
    change(this.items.findIndex(({ size }) => size === number));
  }
  get shown() {
    return this.list.items.value;
  }
}

async function settled() {
  await new Promise((resolve) => setImmediate(resolve));
}

async function loaded(count: number, pages: number): Promise<Daemon> {
  const daemon = new Daemon(count);
  daemon.list.restart();
  await settled();
  for (let read = 1; read < pages; ++read) {
    daemon.list.more();
    await settled();
  }
  return daemon;
}

test('pages follow each other to the end', async () => {
  const daemon = await loaded(700, 3);
  assert.deepEqual(daemon.shown, daemon.items);
  assert.equal(daemon.list.complete.value, true);
  assert.equal(daemon.reads.length, 3);
});

test('an empty list says so', async () => {
  const daemon = await loaded(0, 1);
  assert.equal(daemon.list.isEmpty.value, true);
});

test('new ones come to the head, or wait while somebody looks further down', async () => {
  const daemon = await loaded(300, 1);
  daemon.items.unshift(item(301));
  daemon.list.refresh();
  await settled();
  assert.equal(daemon.shown[0]?.size, 301);
  daemon.list.hold(true);
  daemon.items.unshift(item(303), item(302));
  daemon.list.refresh();
  await settled();
  assert.equal(daemon.shown[0]?.size, 301);
  assert.deepEqual(daemon.list.ahead.value.map(({ size }) => size), [303, 302]);
  daemon.list.hold(false);
  assert.deepEqual(daemon.shown.slice(0, 3).map(({ size }) => size), [303, 302, 301]);
  daemon.list.more();
  await settled();
  assert.deepEqual(daemon.shown, daemon.items);
});

test('changes far down are read when they come into sight, and not before', async () => {
  const daemon = await loaded(2000, 4);
  daemon.change(700, (at) => { daemon.items[at] = item(700, 'renamed'); });
  daemon.change(699, (at) => { daemon.items.splice(at, 1); });
  daemon.reads = [];
  daemon.list.look(0, 20);
  daemon.list.refresh();
  await settled();
  assert.deepEqual(daemon.reads, ['head']);
  assert.equal(daemon.shown.find(({ size }) => size === 700)?.name, '');
  daemon.list.look(1290, 1310);
  await settled();
  assert.equal(daemon.reads.length, 2);
  assert.deepEqual(daemon.shown, daemon.items.slice(0, daemon.shown.length));
  daemon.list.look(1290, 1310);
  await settled();
  assert.equal(daemon.reads.length, 2, 'once is enough');
});

test('what comes back far down has its place again', async () => {
  const daemon = await loaded(2000, 4);
  daemon.change(900, (at) => { daemon.items.splice(at, 1); });
  daemon.list.look(1000, 1200);
  daemon.list.refresh();
  await settled();
  assert.equal(daemon.shown.some(({ size }) => size === 900), false);
  daemon.items.splice(daemon.items.findIndex(({ size }) => size < 900), 0, item(900));
  daemon.list.refresh();
  await settled();
  assert.deepEqual(daemon.shown, daemon.items.slice(0, daemon.shown.length));
});

test('a stretch that grew beyond a page is read whole', async () => {
  const daemon = await loaded(1000, 2);
  for (let number = 1001; number <= 2300; ++number) daemon.items.unshift(item(number));
  daemon.list.refresh();
  await settled();
  assert.deepEqual(daemon.shown, daemon.items.slice(0, daemon.shown.length));
  assert.equal(daemon.shown.length, 1300 + 620);
});

test('when everything further down is gone, the list ends there', async () => {
  const daemon = await loaded(1000, 2);
  daemon.items.length = 50;
  daemon.list.refresh();
  await settled();
  assert.deepEqual(daemon.shown, daemon.items);
  assert.equal(daemon.list.complete.value, true);
});

test('what is deleted here does not come back by a page that was on its way', async () => {
  const daemon = await loaded(100, 1);
  daemon.list.refresh();                       // read before the deletion
  daemon.list.remove(new Set([item(50).id]));
  await settled();
  assert.equal(daemon.shown.some(({ size }) => size === 50), false);
  daemon.change(50, (at) => { daemon.items.splice(at, 1); });
  daemon.list.put([item(50, 'back')]);
  assert.equal(daemon.shown[50]?.name, 'back');
});

test('what is put back below what was read comes with its page, once', async () => {
  const daemon = await loaded(300, 1);
  daemon.list.put([item(20)]);
  daemon.list.more();
  await settled();
  assert.deepEqual(daemon.shown, daemon.items);
});

test('a broken read is told, and goes on where it was', async () => {
  const daemon = await loaded(700, 1);
  daemon.broken = true;
  daemon.list.more();
  await settled();
  assert.equal(daemon.list.problem.value?.code, 'offline');
  assert.equal(daemon.shown.length, 120);
  daemon.broken = false;
  daemon.list.refresh();
  await settled();
  assert.equal(daemon.list.problem.value, undefined);
  assert.deepEqual(daemon.shown, daemon.items);
});

test('another filter shows the old items until the new ones come', async () => {
  const daemon = await loaded(100, 1);
  const other = new Daemon(3);
  daemon.list.restart(async () => ({ items: other.items, next: null }));
  assert.equal(daemon.shown.length, 100);
  assert.equal(daemon.list.fresh.value, false);
  await settled();
  assert.equal(daemon.shown.length, 3);
});

test('ranges go by the list, from where one began, also after that was taken out', () => {
  const items = [5, 4, 3, 2, 1].map((number) => item(number));
  const [five, four, three, two, one] = items as [Item, Item, Item, Item, Item];
  const selection = new Selection<Item>();
  selection.toggle(four);
  selection.toggle(four);
  selection.reach(items, two);
  assert.deepEqual([...selection.chosen.value.keys()], [four.id, three.id, two.id]);
  assert.equal(selection.size.value, 9);
  selection.reach(items, five);
  assert.equal(selection.count.value, 4);
  selection.follow([five, item(4, 'renamed'), one]);
  assert.deepEqual(selection.items.map(({ name }) => name), ['', 'renamed']);
  selection.clear();
  assert.equal(selection.count.value, 0);
});
