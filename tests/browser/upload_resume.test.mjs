// Large files: what came stays, over broken connections, a restarted daemon, a pause, a reload and another browser.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { startCuttingProxy } from './lib/cutting_proxy.mjs';
import { aliceAtHome, assetNamed, bytes, checkStored, choose, drop, onDisk, openFiles, openSlowly, panel, row, toasts } from './lib/files_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const MEGABYTE = 1_000_000;
const PIECE = 16 * 1024 * 1024; // of one request
const RATE = 12 * MEGABYTE;
const SIZE = 40 * MEGABYTE;

const film = (n = 1) => bytes(SIZE, n);
const finished = (page, text) => panel(page).getByRole('heading', { name: text }).waitFor();
const uploadsOf = async (person) => (await person.get('/api/uploads')).items;

// What a break may bring: a request that ends in nothing, an answer that another one is still being put away, which may
// come at once behind the request before as well.
function allowBreaks(guard) {
  guard.allow('failed');
  guard.allow('status', /^4(09|23) (PATCH|HEAD)/);
}

// Until the daemon has so much of it.
function kept(person, least) {
  return until(async () => ((await uploadsOf(person))[0]?.offset ?? 0) >= least, `${least} bytes at the daemon`, 60);
}

// Bytes of content in requests that the page begins from now on: [offset, length] of each PATCH.
function watchPatches(page) {
  const patches = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') patches.push(Number(request.headers()['upload-offset']));
  });
  return patches;
}

// An upload that stopped: the page was closed when a good part was there.
async function leftUnfinished(stage, { home, alice, name = 'holiday.mov', disk }) {
  const window = await openSlowly(stage, home, alice);
  allowBreaks(window.guard);
  window.door.rate = RATE;
  await choose(window.page, [disk(name)]);
  await kept(alice, PIECE);
  window.door.rate = TRICKLE;
  return window;
}

story('connections that break again and again: it goes on, and little is sent twice', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const proxy = await startCuttingProxy(home.localPort, { seed: 7, between: [6 * MEGABYTE, 14 * MEGABYTE] });
  const { page, guard } = await openFiles(stage, { url: `${proxy.url}/` }, alice);
  allowBreaks(guard);
  await choose(page, [onDisk({ 'film.bin': film() })('film.bin')]);
  await finished(page, '1 file uploaded');
  await checkStored(alice, 'film.bin', film());
  assert.ok(proxy.cuts >= 2, `${proxy.cuts} cuts`);
  // What was on its way in buffers when the connection broke is sent anew; nothing from the beginning.
  assert.ok(proxy.passed < SIZE + proxy.cuts * 8 * MEGABYTE, `${proxy.passed} bytes for ${SIZE} over ${proxy.cuts} cuts`);
  assert.deepEqual(await uploadsOf(alice), []);
  await proxy.close();
}, { seconds: 180 });

story('the daemon is killed in the middle: it goes on from what is on the disk', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const { page, door, guard } = await openSlowly(stage, home, alice);
  allowBreaks(guard);
  const patches = watchPatches(page);
  door.rate = RATE;
  await choose(page, [onDisk({ 'film.bin': film() })('film.bin')]);
  await kept(alice, PIECE);
  door.rate = TRICKLE;
  await home.stop('SIGKILL');
  await panel(page).getByText('No connection to this server. 1 file waits and goes on by itself.').waitFor();
  const before = patches.length;
  door.rate = Infinity;
  await home.start();
  await finished(page, '1 file uploaded');
  const asset = await checkStored(alice, 'film.bin', film());
  assert.equal(asset.version, 1);
  assert.ok(patches.length > before, 'it went on after the restart');
  assert.ok(patches[before] >= PIECE, `it went on at ${patches[before]}`);
}, { seconds: 180 });

story('a pause stops the request; going on sends the rest', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const { page, door, guard } = await openSlowly(stage, home, alice);
  allowBreaks(guard);
  const patches = watchPatches(page);
  door.rate = RATE;
  await choose(page, [onDisk({ 'film.bin': film() })('film.bin')]);
  await kept(alice, PIECE);
  door.rate = TRICKLE;
  await panel(page).getByText('You can leave this page').waitFor();
  await row(page, 'film.bin').getByRole('button', { name: 'Pause film.bin' }).click();
  await row(page, 'film.bin').getByText(/^Paused · \d+ % · 40 MB$|^Paused · \d+% · 40 MB$/).waitFor();
  let last = -1;
  await until(async () => {
    const now = (await uploadsOf(alice))[0].offset;
    const same = now === last;
    last = now;
    return same;
  }, 'the daemon gets no more');
  const before = patches.length;
  await checkAccessibility(page);
  await shoot(page, 'upload-paused');
  door.rate = Infinity;
  await row(page, 'film.bin').getByRole('button', { name: 'Go on with film.bin' }).click();
  await finished(page, '1 file uploaded');
  assert.ok(patches[before] >= last - MEGABYTE && patches[before] > 0, `it went on at ${patches[before]}, the daemon had ${last}`);
  await checkStored(alice, 'film.bin', film());
});

story('after a reload it stands in the panel, and goes on when the same file is chosen again', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const disk = onDisk({ 'holiday.mov': film(), 'other.mov': film(2) });
  const { page, door } = await leftUnfinished(stage, { home, alice, disk });
  let asked = 0;
  page.on('dialog', (dialog) => { ++asked; void dialog.accept(); });
  await page.reload();
  door.rate = Infinity;
  await panel(page).getByRole('heading', { name: '1 upload is not finished' }).waitFor();
  assert.equal(asked, 0, 'nothing is lost, so nobody is asked');
  await row(page, 'holiday.mov').getByText(/^\d+% of 40 MB is there$/).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'upload-unfinished');

  const patches = watchPatches(page);
  const again = row(page, 'holiday.mov').getByRole('button', { name: 'Choose the file again: holiday.mov' });
  const choose_ = async (file) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), again.click()]);
    assert.equal(chooser.isMultiple(), false);
    await chooser.setFiles(file);
  };
  await choose_(disk('other.mov'));
  await row(page, 'holiday.mov').getByText('That is another file, or it was changed since.').waitFor();
  assert.deepEqual(patches, []);
  const [{ offset }] = await uploadsOf(alice);
  await choose_(disk('holiday.mov'));
  await finished(page, '1 file uploaded');
  assert.equal(patches[0], offset);
  await checkStored(alice, 'holiday.mov', film());
  assert.deepEqual(await uploadsOf(alice), []);
  assert.equal(await row(page, 'holiday.mov').count(), 1);
});

story('dropping the file goes on as well, and asks nothing about its name', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'holiday.mov': 'an old one' });
  const disk = onDisk({ 'holiday.mov': film(), 'new.txt': 'new' });
  const { page, door, guard } = await openSlowly(stage, home, alice);
  allowBreaks(guard);
  door.rate = RATE;
  await choose(page, [disk('holiday.mov')]);
  await page.getByRole('button', { name: 'Keep both' }).click();
  await kept(alice, PIECE);
  door.rate = TRICKLE;
  await page.reload();
  door.rate = Infinity;
  await row(page, 'holiday (2).mov').waitFor();
  await drop(page, [disk('holiday.mov'), disk('new.txt')]);
  await finished(page, '2 files uploaded');
  await checkStored(alice, 'holiday (2).mov', film());
  await checkStored(alice, 'holiday.mov', Buffer.from('an old one'));
  await checkStored(alice, 'new.txt', Buffer.from('new'));
});

story('what was dropped goes on with one click, where the browser finds it again', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const disk = onDisk({ 'holiday.mov': film() });
  const { page, door, guard } = await openSlowly(stage, home, alice);
  allowBreaks(guard);
  door.rate = RATE;
  await drop(page, [disk('holiday.mov')]);
  await kept(alice, PIECE);
  door.rate = TRICKLE;
  await page.reload();
  door.rate = Infinity;
  const patches = watchPatches(page);
  await row(page, 'holiday.mov').getByRole('button', { name: 'Go on with holiday.mov' }).click();
  await finished(page, '1 file uploaded');
  assert.ok(patches[0] >= PIECE, `it went on at ${patches[0]}`);
  await checkStored(alice, 'holiday.mov', film());
  const left = await page.evaluate(() => new Promise((resolve) => {
    const opening = indexedDB.open('kith uploads');
    opening.onsuccess = () => {
      const keys = opening.result.transaction('handles').objectStore('handles').getAllKeys();
      keys.onsuccess = () => resolve(keys.result);
    };
  }));
  assert.deepEqual(left, [], 'nothing is remembered of it');
});

story('a file that was changed since is another one', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const disk = onDisk({ 'holiday.mov': film() });
  const { page, door } = await leftUnfinished(stage, { home, alice, disk });
  await page.reload();
  door.rate = Infinity;
  await row(page, 'holiday.mov').waitFor();
  fs.writeFileSync(disk('holiday.mov'), film(3));
  fs.utimesSync(disk('holiday.mov'), new Date(), new Date(Date.now() + 5000));
  await drop(page, [disk('holiday.mov')]);
  await finished(page, '1 file uploaded');
  await checkStored(alice, 'holiday.mov', film(3));
  await row(page, 'holiday.mov').getByText(/is there$/).waitFor();
});

story('discarding frees the room; another browser asks before that', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' }, { settings: { accounts: { default_quota: '60 MB' } } });
  const disk = onDisk({ 'holiday.mov': film() });
  const { page } = await leftUnfinished(stage, { home, alice, disk });
  await page.getByText('40 MB of 60 MB used').waitFor();
  const other = await openFiles(stage, home, alice);
  await row(other.page, 'holiday.mov').getByText('Begun in another browser, perhaps still on its way there.').waitFor();
  await page.close();

  await row(other.page, 'holiday.mov').getByRole('button', { name: 'Discard what is there of holiday.mov' }).click();
  const question = other.page.getByRole('alertdialog');
  await question.getByText('It was begun in another browser.').waitFor();
  await question.getByRole('button', { name: 'Discard', exact: true }).click();
  await panel(other.page).waitFor({ state: 'detached' });
  await until(async () => (await uploadsOf(alice)).length === 0, 'the daemon has forgotten it');
  await other.page.getByText('1 byte of 60 MB used').waitFor();
});

story('a second tab does not offer what the first is busy with; cancelling leaves nothing', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const disk = onDisk({ 'holiday.mov': film() });
  const { page, context, door } = await leftUnfinished(stage, { home, alice, disk });
  const second = await context.newPage();
  const listed = second.waitForResponse((answer) => answer.url().endsWith('/api/uploads'));
  await second.goto(door.url);
  await listed;
  await second.getByRole('button', { name: 'Open old.txt' }).waitFor();
  assert.equal(await panel(second).count(), 0);
  await page.bringToFront();
  await row(page, 'holiday.mov').getByRole('button', { name: 'Cancel holiday.mov' }).click();
  await panel(page).waitFor({ state: 'detached' });
  await until(async () => (await uploadsOf(alice)).length === 0, 'the daemon has forgotten it');
  assert.equal(await panel(second).count(), 0);
  assert.equal(await assetNamed(alice, 'holiday.mov'), undefined);
});

story('in German, with a hostile name, by keyboard', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const name = '<img src=x onerror=alert(1)>.mov';
  const meta = Buffer.from(name).toString('base64');
  await alice.request('POST', '/api/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': String(SIZE), 'upload-metadata': `filename ${meta}` } });
  const { page, guard } = await openFiles(stage, home, alice, { locale: 'de-DE' });
  allowBreaks(guard);
  const german = page.getByRole('region', { name: 'Uploads und Downloads' });
  await german.getByRole('heading', { name: '1 Upload ist nicht fertig' }).waitFor();
  await german.getByText(name).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'upload-unfinished-german');
  const disk = onDisk({ [name]: film(4) });
  const asked = page.waitForEvent('filechooser'); // told to the browser well before the key
  await german.getByRole('button', { name: `Datei noch einmal auswählen: ${name}` }).press('Enter');
  const chooser = await asked;
  await chooser.setFiles(disk(name));
  await german.getByRole('heading', { name: '1 Datei hochgeladen' }).waitFor();
  await checkStored(alice, name, film(4));
  assert.equal(await toasts(page).count(), 0);
});
