// Uploading when things go wrong on the way: the daemon stops, connections break, answers get lost, room runs out, a file
// changes, people log out.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceAtHome, assetNamed, bytes, checkStored, choose, onDisk, openFiles, openSlowly, opener, panel, row, toasts } from './lib/files_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const MEGABYTE = 1_000_000;
const RATE = 2 * MEGABYTE;

function film(n) {
  return bytes(24 * MEGABYTE, n);
}

const finished = (page, text) => panel(page).getByRole('heading', { name: text }).waitFor();

story('the daemon stops in the middle: all wait, go on by themselves, and arrive whole', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page, door, guard } = await openSlowly(stage, home, alice);
  guard.allow('failed');
  guard.allow('status', /^4(09|23) PATCH/); // what came with the one before is still being put away
  door.rate = RATE;
  const names = [1, 2, 3, 4].map((n) => `film ${n}.bin`);
  const disk = onDisk(Object.fromEntries(names.map((name, at) => [name, film(at + 1)])));
  await choose(page, names.map((name) => disk(name)), 'Choose files');
  await row(page, names[0]).getByText(/ · \d+ \w+ left/).waitFor();
  await home.stop('SIGKILL');
  await panel(page).getByText('No connection to this server. 4 files wait and go on by themselves.').waitFor();
  assert.equal(await page.locator('.transfer.failed').count(), 0);
  await page.getByText('The page goes on by itself when it is back.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'upload-offline');

  door.rate = Infinity;
  await home.start();
  await finished(page, '4 files uploaded');
  for (const [at, name] of names.entries()) {
    const asset = await checkStored(alice, name, film(at + 1));
    assert.equal(asset.version, 1);
  }
  assert.equal((await alice.get('/api/assets')).items.length, 4);
}, { seconds: 180 });

story('files dropped while there is no connection are taken when it is back', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page, guard } = await openFiles(stage, home, alice);
  guard.allow('failed');
  await home.stop('SIGKILL');
  await page.getByText('The page goes on by itself when it is back.').waitFor();
  await choose(page, [onDisk({ 'late.txt': 'late' })('late.txt')], 'Choose files');
  await finished(page, 'Looking at 1 file …');
  await home.start();
  await finished(page, '1 file uploaded');
  await checkStored(alice, 'late.txt', Buffer.from('late'));
});

story('a connection that breaks is tried again', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page, door, guard } = await openSlowly(stage, home, alice);
  guard.allow('failed');
  guard.allow('status', /^4(09|23) PATCH/); // what came with the one before is still being put away
  door.rate = RATE;
  await choose(page, [onDisk({ 'film.bin': film(1) })('film.bin')], 'Choose files');
  await row(page, 'film.bin').getByText(/ · \d+ \w+ left/).waitFor();
  door.cut();
  door.rate = Infinity;
  await finished(page, '1 file uploaded');
  await checkStored(alice, 'film.bin', film(1));
});

story('an answer that gets lost makes no second version', async (stage) => {
  const { home, alice, assets } = await aliceAtHome(stage, { 'notes.txt': 'old' });
  const { page, door, guard } = await openSlowly(stage, home, alice);
  guard.allow('failed');
  const disk = onDisk({ 'notes.txt': 'new' });
  await choose(page, [disk('notes.txt')]);
  const answer = page.getByRole('button', { name: 'New version', exact: true });
  await answer.waitFor();
  door.mute = true;
  await answer.click();
  await until(async () => (await assetNamed(alice, 'notes.txt')).version === 2, 'the upload is stored');
  // Somebody else changes it back meanwhile: a repeat that is not known as one would be a third version.
  await alice.upload('notes.txt', 'changed elsewhere');
  door.mute = false;
  door.cut();
  await finished(page, '1 file uploaded');
  const asset = await checkStored(alice, 'notes.txt', Buffer.from('changed elsewhere'));
  assert.equal(asset.version, 3);
  assert.equal(asset.id, assets['notes.txt'].id);
});

story('what does not fit is told before it is sent, and goes when there is room', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.bin': bytes(2 * MEGABYTE) }, { settings: { accounts: { default_quota: '5 MB' } } });
  const { page } = await openFiles(stage, home, alice);
  await page.getByText('2 MB of 5 MB used').waitFor();
  const disk = onDisk({ 'fits.bin': bytes(2_500_000, 2), 'large.bin': bytes(2 * MEGABYTE, 3) });
  await choose(page, [disk('fits.bin'), disk('large.bin')]);
  await row(page, 'large.bin').getByText('Not enough room: it needs 2 MB, 500 kB are free. Delete something, or ask your admin for more.').waitFor();
  await page.getByText('4.5 MB of 5 MB used. Delete something, or ask your admin for more.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'upload-full');
  await opener(page, 'old.bin').focus();
  await page.keyboard.press('Delete');
  await toasts(page).getByText('old.bin deleted.').waitFor();
  await page.getByText('2.5 MB of 5 MB used').waitFor();
  await panel(page).getByRole('button', { name: 'Try failed again (1)' }).click();
  await finished(page, '2 files uploaded');
  await checkStored(alice, 'large.bin', bytes(2 * MEGABYTE, 3));
});

story('what the daemon refuses says why: larger than it takes', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, {}, { settings: { storage: { keep_free: 0, synchronous: false, max_file_size: '1 MB' } } });
  const { page, guard } = await openFiles(stage, home, alice);
  guard.allow('status', '413 POST /api/uploads');
  const disk = onDisk({ 'large.bin': bytes(30 * MEGABYTE), 'small.bin': bytes(10) });
  await choose(page, [disk('large.bin'), disk('small.bin')], 'Choose files');
  await row(page, 'large.bin').getByText('That is larger than this server takes.').waitFor();
  await finished(page, '1 file was not uploaded');
  await checkStored(alice, 'small.bin', bytes(10));
  assert.equal(await assetNamed(alice, 'large.bin'), undefined);
});

story('a file that went since it was chosen', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page, door, guard } = await openSlowly(stage, home, alice);
  guard.allow('failed');
  guard.allow('status', /^4(09|23) PATCH/); // what came with the one before is still being put away
  door.rate = RATE;
  const disk = onDisk({ 'film.bin': film(1) });
  await choose(page, [disk('film.bin')], 'Choose files');
  await row(page, 'film.bin').getByRole('progressbar').waitFor();
  await panel(page).getByRole('button', { name: 'Pause all' }).click();
  fs.rmSync(disk('film.bin'));
  await panel(page).getByRole('button', { name: 'Go on', exact: true }).click();
  await row(page, 'film.bin').getByText('It can’t be read any more.').waitFor();
  assert.equal(await assetNamed(alice, 'film.bin'), undefined);
});

story('logging out stops uploads; the next person sees nothing of them', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const bob = await home.addUser('bob');
  const { page, door, guard } = await openSlowly(stage, home, alice);
  guard.allow('status', /^401 /);
  door.rate = RATE;
  await choose(page, [onDisk({ 'film.bin': film(1) })('film.bin')], 'Choose files');
  await row(page, 'film.bin').getByRole('progressbar').waitFor();
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
  door.rate = Infinity;
  await page.getByLabel('E-mail').fill(bob.email);
  await page.getByLabel('Password', { exact: true }).fill(bob.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByText('No files yet').waitFor();
  assert.equal(await panel(page).count(), 0);
  assert.deepEqual((await bob.get('/api/assets')).items, []);
  assert.deepEqual((await alice.get('/api/assets')).items, []);
});
