// Uploading: what was chosen, dropped or pasted comes to be stored, and what is to be seen of it meanwhile.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import {
  aliceAtHome, assetNamed, bytes, checkStored, choose, drop, onDisk, openFiles, openSlowly, panel, row, toasts, waitForNames,
} from './lib/files_page.mjs';
import { jpeg } from './lib/photos.mjs';
import { settled, shoot } from './lib/screenshots.mjs';
import { TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const MEGABYTE = 1_000_000;

story('chosen files are stored, empty ones too', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page } = await openFiles(stage, home, alice);
  await checkAccessibility(page);
  await shoot(page, 'files-empty');
  const photo = jpeg({ seed: 3 });
  const disk = onDisk({ 'hills.jpg': photo, 'nothing.txt': '', 'Grüße & Küsse #1?.txt': 'Hallo' });
  await choose(page, [disk('hills.jpg'), disk('nothing.txt'), disk('Grüße & Küsse #1?.txt')], 'Choose files');
  await panel(page).getByRole('heading', { name: '3 files uploaded' }).waitFor();
  await until(async () => (await page.locator('.tile').count()) === 3, 'three tiles');
  await checkStored(alice, 'hills.jpg', photo);
  await checkStored(alice, 'nothing.txt', Buffer.alloc(0));
  await checkStored(alice, 'Grüße & Küsse #1?.txt', Buffer.from('Hallo'));
  await page.getByText(/^2(\.\d)? kB of 107 GB used$/).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'upload-done');
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await panel(page).waitFor({ state: 'detached' });
});

story('progress is shown while bytes move, on every screen, and a cancelled one leaves nothing', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page, door } = await openSlowly(stage, home, alice);
  door.rate = 2 * MEGABYTE;
  const disk = onDisk(Object.fromEntries([1, 2, 3, 4].map((n) => [`film ${n}.bin`, bytes(32 * MEGABYTE, n)])));
  await choose(page, [1, 2, 3, 4].map((n) => disk(`film ${n}.bin`)), 'Choose files');
  const first = row(page, 'film 1.bin');
  await first.getByText(/^[1-9]\d? ?% · [\d.,]+ [kM]B\/s · \d+ \w+ left$/).waitFor();
  door.rate = TRICKLE;
  const part = Number(await first.getByRole('progressbar').getAttribute('aria-valuenow'));
  assert.ok(part > 0 && part < 100, `${part} %`);
  await panel(page).getByRole('progressbar', { name: 'All uploads' }).waitFor();
  await row(page, 'film 4.bin').getByText('Waiting').waitFor();
  await until(async () => (await page.locator('.transfer.running').count()) === 3, 'three at once');
  await checkAccessibility(page);
  await shoot(page, 'upload-progress');

  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
  await row(page, 'film 1.bin').getByRole('button', { name: 'Cancel film 1.bin' }).click();
  await row(page, 'film 1.bin').waitFor({ state: 'detached' });
  await row(page, 'film 4.bin').getByRole('progressbar').waitFor();
  door.rate = Infinity;
  await panel(page).getByRole('heading', { name: '3 files uploaded' }).waitFor();
  const { items } = await alice.get('/api/assets');
  assert.deepEqual(items.map(({ name }) => name).sort(), ['film 2.bin', 'film 3.bin', 'film 4.bin']);
  assert.equal((await alice.get('/api/users/me')).used_bytes, 3 * 32 * MEGABYTE);
});

story('pausing and going on; a small panel', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page, door, guard } = await openSlowly(stage, home, alice);
  guard.allow('status', /^4(09|23) PATCH/); // what came with the one before is still being put away
  door.rate = 2 * MEGABYTE;
  const content = bytes(24 * MEGABYTE);
  const disk = onDisk({ 'one.bin': content, 'two.bin': bytes(24 * MEGABYTE, 2) });
  await choose(page, [disk('one.bin'), disk('two.bin')], 'Choose files');
  await row(page, 'one.bin').getByRole('progressbar').waitFor();
  await row(page, 'two.bin').getByRole('button', { name: 'Pause two.bin' }).click();
  await row(page, 'two.bin').getByText('Paused').waitFor();
  await panel(page).getByRole('button', { name: 'Pause all' }).click();
  await panel(page).getByText('Paused. Small files begin anew, large ones go on where they were.').waitFor();
  await row(page, 'one.bin').getByText('Waiting').waitFor();
  await shoot(page, 'upload-paused');
  await panel(page).getByRole('button', { name: 'Make small' }).click();
  await page.getByRole('button', { name: 'Show uploads: Uploading 2 files' }).click();
  door.rate = Infinity;
  await panel(page).getByRole('button', { name: 'Go on', exact: true }).click();
  await panel(page).getByRole('heading', { name: '2 files uploaded' }).waitFor();
  await checkStored(alice, 'one.bin', content);
});

story('the page asks before it is left while bytes move, and only then', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page, door } = await openSlowly(stage, home, alice);
  const leaves = () => page.evaluate(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  assert.equal(await leaves(), true);
  door.rate = 2 * MEGABYTE;
  await choose(page, [onDisk({ 'a.bin': bytes(24 * MEGABYTE) })('a.bin')], 'Choose files');
  await row(page, 'a.bin').getByRole('progressbar').waitFor();
  assert.equal(await leaves(), false);
  door.rate = Infinity;
  await panel(page).getByRole('heading', { name: '1 file uploaded' }).waitFor();
  assert.equal(await leaves(), true);
});

story('files and folders dropped anywhere; equal names in them never overwrite each other', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page } = await openFiles(stage, home, alice);
  await page.getByRole('link', { name: 'People' }).click();
  const disk = onDisk({
    'trip/day 1/beach.jpg': jpeg({ seed: 1 }), 'trip/day 2/beach.jpg': jpeg({ seed: 2 }), 'trip/.DS_Store': 'litter', 'trip/notes.txt': 'sun',
    'cover.jpg': jpeg({ seed: 4 }),
  });
  await drop(page, [disk('trip'), disk('cover.jpg')], {
    onOver: async () => {
      await page.getByText('Drop to upload to your files').waitFor();
      await shoot(page, 'upload-drop', { narrow: false });
    },
  });
  await page.locator('.drop-target').waitFor({ state: 'detached' });
  await panel(page).getByRole('heading', { name: '4 files uploaded' }).waitFor();
  const { items } = await alice.get('/api/assets');
  assert.deepEqual(items.map(({ name }) => name).sort(), ['beach (2).jpg', 'beach.jpg', 'cover.jpg', 'notes.txt']);
  const digests = items.filter(({ name }) => name.startsWith('beach')).map(({ digest }) => digest);
  assert.equal(new Set(digests).size, 2);
  assert.ok(items.every(({ version }) => version === 1));
});

story('a folder through the button', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const { page } = await openFiles(stage, home, alice);
  const disk = onDisk({ 'papers/one.txt': '1', 'papers/deep/two.txt': '2' });
  await choose(page, disk('papers'), 'Upload a folder');
  await panel(page).getByRole('heading', { name: '2 files uploaded' }).waitFor();
  await checkStored(alice, 'two.txt', Buffer.from('2'));
});

story('a folder without files says so', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page } = await openFiles(stage, home, alice);
  const disk = onDisk({ 'empty/.DS_Store': '' });
  await drop(page, [disk('empty')]);
  await toasts(page).getByText('There are no files in it.').waitFor();
});

story('a picture from the clipboard gets the time as its name; text is left alone', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'old.txt': 'x' });
  const { page } = await openFiles(stage, home, alice);
  const paste = (target) => page.evaluate(([where, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(content)], 'image.png', { type: 'image/png' }));
    document.querySelector(where).dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, [target, [1, 2, 3]]);
  await paste('input[type=search]');
  await paste('main');
  await panel(page).getByRole('heading', { name: '1 file uploaded' }).waitFor();
  const { items } = await alice.get('/api/assets');
  assert.equal(items.length, 2);
  assert.match(items[0].name, /^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
});

story('names that exist: asked once, with three answers and a way out', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.txt': 'old a', 'b.txt': 'old b' });
  const { page } = await openFiles(stage, home, alice);
  const dialog = page.getByRole('dialog', { name: /exist/ });
  const pick = async (mark, answer) => {
    const disk = onDisk({ 'a.txt': `a ${mark}`, 'b.txt': `b ${mark}`, [`${mark}.txt`]: mark });
    await choose(page, [disk('a.txt'), disk('b.txt'), disk(`${mark}.txt`)]);
    await dialog.getByRole('heading', { name: '2 names exist already' }).waitFor();
    if (mark === 'first') {
      await checkAccessibility(page);
      await shoot(page, 'upload-exists');
    }
    await dialog.getByRole('button', { name: answer, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const finished = (n) => panel(page).getByRole('heading', { name: n === 1 ? '1 file uploaded' : `${n} files uploaded` }).waitFor();

  await pick('first', 'New versions');
  await finished(3);
  assert.equal((await checkStored(alice, 'a.txt', Buffer.from('a first'))).version, 2);
  await pick('second', 'Keep both');
  await finished(6);
  await checkStored(alice, 'a.txt', Buffer.from('a first'));
  await checkStored(alice, 'a (2).txt', Buffer.from('a second'));
  await pick('third', 'Leave these out');
  await finished(7);
  await checkStored(alice, 'a.txt', Buffer.from('a first'));
  await checkStored(alice, 'third.txt', Buffer.from('third'));
  await pick('fourth', 'Close');
  assert.equal(await assetNamed(alice, 'fourth.txt'), undefined);
});

story('many names are looked up at once, and long lists fold', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'n 7.txt': 'old' });
  const { page } = await openFiles(stage, home, alice);
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`n ${at}.txt`, `content ${at}`]));
  const disk = onDisk(files);
  await choose(page, Object.keys(files).map((name) => disk(name)));
  await page.getByRole('button', { name: 'Keep both' }).click();
  await panel(page).getByRole('heading', { name: '60 files uploaded' }).waitFor();
  await panel(page).getByText('57 more uploaded').waitFor();
  await checkStored(alice, 'n 7.txt', Buffer.from('old'));
  await checkStored(alice, 'n 7 (2).txt', Buffer.from('content 7'));
  await until(async () => (await page.getByRole('listitem').first().getAttribute('aria-setsize')) === '61', 'all of them in the grid');
});

story('names the daemon does not take, told before anything is sent', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page } = await openFiles(stage, home, alice);
  const long = `${'ö'.repeat(126)}.txt`; // 256 bytes, more than a disk here takes
  await page.evaluate((names) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File(['x'], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [long, 'two\nlines.txt', 'back\\slash.txt', 'fine.txt']);
  await panel(page).getByRole('heading', { name: '3 files were not uploaded' }).waitFor();
  await row(page, 'ööö').getByText('Its name is longer than 255 bytes').waitFor();
  await row(page, 'lines.txt').getByText('The name has a line break').waitFor();
  await row(page, 'slash.txt').getByText('must not have a slash or backslash').waitFor();
  assert.equal(await panel(page).getByRole('button', { name: /^Try .* again$/ }).count(), 0, 'it would not help');
  await checkStored(alice, 'fine.txt', Buffer.from('x'));
  await checkAccessibility(page);
  await shoot(page, 'upload-names');
  await row(page, 'slash.txt').getByRole('button', { name: /off the list/ }).click();
  await panel(page).getByRole('heading', { name: '2 files were not uploaded' }).waitFor();
});

story('in German, by keyboard alone', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  const { page } = await openFiles(stage, home, alice, { locale: 'de-DE' });
  await page.getByText('Noch keine Dateien').waitFor();
  await page.getByRole('button', { name: 'Dateien auswählen' }).focus();
  const disk = onDisk({ 'brief.txt': 'Liebe Oma' });
  page.on('filechooser', () => {}); // from now on no dialog of the browser's own
  await settled(page);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
  await chooser.setFiles(disk('brief.txt'));
  await page.getByRole('heading', { name: '1 Datei hochgeladen' }).waitFor();
  await waitForNames(page, ['brief.txt']);
  await page.getByRole('button', { name: 'brief.txt öffnen' }).waitFor();
  await shoot(page, 'upload-german');
});
