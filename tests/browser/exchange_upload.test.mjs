// Bringing files with a link, without an account.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, checkKeptSecret, file, openLink, openLinkSlowly } from './lib/exchange_page.mjs';
import { assetNamed, bytes, checkStored, choose, drop, onDisk } from './lib/files_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
import { shoot } from './lib/screenshots.mjs';
import { TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';

const MEGABYTE = 1_000_000;
const thanks = (page) => page.getByRole('heading', { name: 'Thank you, everything has arrived' }).waitFor();
const send = (page, n) => page.getByRole('button', { name: n === 1 ? 'Send 1 file' : `Send ${n} files` }).click();

const asking = (alice, wishes = {}) => alice.post('/api/exchanges', { receive: true, ...wishes });

story('alice asks for one file, and has it', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice, { note: 'The picture of the lake, please.', max_size: 5 * MEGABYTE });
  const window = await openLink(stage, home, made.upload_page);
  const { page } = window;
  await page.getByRole('heading', { name: 'alice asks you for files', level: 1 }).waitFor();
  await page.getByText('The picture of the lake, please.').waitFor();
  await page.getByText('1 file, 5 MB together').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'exchange-upload');
  const lake = bytes(2 * MEGABYTE);
  await choose(page, onDisk({ 'lake.jpg': lake })('lake.jpg'), 'Choose a file');
  await file(page, 'lake.jpg').getByText('2 MB').waitFor();
  await shoot(page, 'exchange-upload-chosen');
  await send(page, 1);
  await thanks(page);
  await page.getByText('alice has your files now.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'exchange-upload-thanks');
  await checkStored(alice, 'lake.jpg', lake);
  await checkKeptSecret(window);
});

story('several, dropped, until that was all', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice, { max_files: 4 });
  const { page, guard } = await openLink(stage, home, made.upload_page);
  const disk = onDisk({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': '' });
  await drop(page, [disk('a.txt'), disk('b.txt')], { onOver: () => page.locator('.outside-drop.over').waitFor() });
  await send(page, 2);
  await file(page, 'b.txt').getByText('Arrived.').waitFor();
  await choose(page, disk('c.txt'), 'Choose files');
  await send(page, 1);
  await file(page, 'c.txt').getByText('Arrived.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'exchange-upload-more', { fullPage: true });
  await page.getByRole('button', { name: 'That was all' }).click();
  await thanks(page);
  for (const [name, content] of Object.entries({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': '' })) {
    await checkStored(alice, name, Buffer.from(content));
  }
  guard.allow('status', /^4\d\d GET \/exchange\/info$/);
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Choose files' }).count(), 0);
});

story('limits are told before anything is sent', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice, { max_files: 2, max_size: 1000 });
  const { page } = await openLink(stage, home, made.upload_page);
  const disk = onDisk({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c', 'large.bin': bytes(1001) });
  await choose(page, ['a.txt', 'b.txt', 'c.txt'].map((name) => disk(name)), 'Choose files');
  await page.getByText('At most 2 more files are wanted.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Send/ }).count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'exchange-upload-limits');
  await page.getByRole('button', { name: 'Take out b.txt' }).click();
  await page.getByRole('button', { name: 'Take out c.txt' }).click();
  await choose(page, disk('large.bin'), 'Choose files');
  await page.getByText('there is room for 1 kB').waitFor();
  await page.getByRole('button', { name: 'Take out large.bin' }).click();
  await send(page, 1);
  await file(page, 'a.txt').getByText('Arrived.').waitFor();
  await page.getByText('1 file, 999 bytes together').waitFor();
});

story('progress, a pause, and on from where it was', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice);
  const { page, door, guard } = await openLinkSlowly(stage, home, made.upload_page);
  guard.allow('failed');
  guard.allow('status', /^(409|423) PATCH /);   // the daemon may still hold the connection that was dropped
  door.rate = MEGABYTE;
  const film = bytes(20 * MEGABYTE);
  await choose(page, onDisk({ 'film.bin': film })('film.bin'), 'Choose a file');
  await send(page, 1);
  await file(page, 'film.bin').getByText(/ · \d+ \w+ left/).waitFor();
  door.rate = TRICKLE;
  await checkAccessibility(page);
  await shoot(page, 'exchange-upload-running');
  await page.getByRole('button', { name: 'Pause' }).click();
  await file(page, 'film.bin').getByText('Paused').waitFor();
  await shoot(page, 'exchange-upload-paused');
  const bar = page.getByRole('progressbar', { name: 'Sending film.bin' });
  const before = Number(await bar.getAttribute('aria-valuenow'));
  assert.ok(before > 0 && before < 100, String(before));
  const offsets = [];
  page.on('request', (asked) => { if (asked.method() === 'PATCH') offsets.push(Number(asked.headers()['upload-offset'])); });
  await page.getByRole('button', { name: 'Go on' }).click();
  door.rate = Infinity;
  await thanks(page);
  assert.ok(offsets.at(-1) > 0, `went on at ${offsets}`);
  await checkStored(alice, 'film.bin', film);
});

story('connections that break are waited out', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice);
  const { page, door, guard } = await openLinkSlowly(stage, home, made.upload_page);
  guard.allow('failed');
  guard.allow('status', /^(423|409) (PATCH|HEAD) /);
  door.rate = MEGABYTE;
  const film = bytes(16 * MEGABYTE, 3);
  await choose(page, onDisk({ 'film.bin': film })('film.bin'), 'Choose a file');
  await send(page, 1);
  for (let cuts = 0; cuts < 2; ++cuts) {
    await file(page, 'film.bin').getByText(/ · \d+ \w+ left/).waitFor();
    door.cut();
    await file(page, 'film.bin').getByText('Connection lost.').waitFor();
  }
  await file(page, 'film.bin').getByText(/ · \d+ \w+ left/).waitFor();
  await home.stop('SIGKILL');
  await file(page, 'film.bin').getByText('Connection lost.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'exchange-upload-offline');
  door.rate = Infinity;
  await home.start();
  await thanks(page);
  await checkStored(alice, 'film.bin', film);
});

story('half a file leaves its place when it is taken out, or the page is left', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice);
  const { page, door, guard } = await openLinkSlowly(stage, home, made.upload_page);
  guard.allow('failed');
  const disk = onDisk({ 'film.bin': bytes(20 * MEGABYTE), 'other.bin': bytes(MEGABYTE) });
  const begin = async () => {
    door.rate = MEGABYTE;
    await choose(page, disk('film.bin'), 'Choose a file');
    await send(page, 1);
    await file(page, 'film.bin').getByText(/ · \d+ \w+ left/).waitFor();
  };
  await begin();
  const ended = () => page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.status() === 204);
  await Promise.all([ended(), page.getByRole('button', { name: 'Take out film.bin' }).click()]);
  await begin();
  await page.reload();
  door.rate = Infinity;
  await choose(page, disk('other.bin'), 'Choose a file');
  await send(page, 1);
  await thanks(page);
  await checkStored(alice, 'other.bin', bytes(MEGABYTE));
  assert.equal((await alice.get('/api/assets')).items.length, 1);
});

for (const size of [10, MEGABYTE]) {
  story(`a last answer that got lost (${size} bytes)`, async (stage) => {
    const { home, alice } = await aliceWithLinks(stage);
    const made = await asking(alice);
    const { page, guard } = await openLink(stage, home, made.upload_page);
    guard.allow('failed');
    guard.allow('status', /^(403|404|409|410) /);
    let lost = 0;
    await page.route(/\/exchange\/(content|uploads)\//, async (route) => {
      if (!['PUT', 'PATCH'].includes(route.request().method()) || lost++ > 0) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await choose(page, onDisk({ 'once.bin': bytes(size) })('once.bin'), 'Choose a file');
    await send(page, 1);
    await thanks(page);
    assert.ok(lost > 0);
    assert.equal((await alice.get('/api/assets')).items.length, 1);
    await checkStored(alice, 'once.bin', bytes(size));
  });
}

story('behind a proxy it stays there', async (stage) => {
  const home = await stage.instanceBehindProxy({ name: 'Home' });
  const alice = await home.addUser('alice', { admin: true });
  const made = await asking(alice, { max_files: 2 });
  const { page } = await openLink(stage, home, made.upload_page, { url: home.url });
  const disk = onDisk({ 'small.txt': 'small', 'large.bin': bytes(3 * MEGABYTE) });
  await choose(page, [disk('small.txt'), disk('large.bin')], 'Choose files');
  await send(page, 2);
  await thanks(page);
  await checkStored(alice, 'large.bin', bytes(3 * MEGABYTE));
});

story('a file that changes or goes away is told, not sent', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice);
  const { page } = await openLink(stage, home, made.upload_page);
  const disk = onDisk({ 'gone.txt': 'going' });
  await choose(page, disk('gone.txt'), 'Choose a file');
  fs.rmSync(disk('gone.txt'));
  await send(page, 1);
  await file(page, 'gone.txt').getByText('can’t be read any more').waitFor();
  await shoot(page, 'exchange-upload-unreadable');
  await page.getByRole('button', { name: 'Take out gone.txt' }).click();
  await choose(page, onDisk({ 'here.txt': 'here' })('here.txt'), 'Choose a file');
  await send(page, 1);
  await thanks(page);
});

story('hostile names arrive as they are', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice, { max_files: 3 });
  const { page } = await openLink(stage, home, made.upload_page);
  const names = ['<img src=x onerror=alert(1)>.txt', 'a\u202egpj.exe', 'back\\slash.txt'];
  const disk = onDisk(Object.fromEntries(names.map((name) => [name, name])));
  await choose(page, names.map((name) => disk(name)), 'Choose files');
  await page.getByText('a⟨U+202E⟩gpj.exe').waitFor();
  await shoot(page, 'exchange-upload-hostile');
  await send(page, 3);
  await thanks(page);
  for (const name of [names[0], names[1], 'back_slash.txt']) assert.ok(await assetNamed(alice, name), name);
});

story('a password, and German', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice, { password: 'geheim' });
  const { page, guard } = await openLink(stage, home, made.upload_page, { locale: 'de-DE' });
  guard.allow('status', '401 GET /exchange/info');
  await page.getByRole('heading', { name: 'alice bittet dich um Dateien' }).waitFor();
  const field = page.getByLabel('Passwort', { exact: true });
  await field.fill('falsch');
  await field.press('Enter');
  await page.getByText('Das ist nicht das Passwort.').waitFor();
  await field.fill('geheim');
  await field.press('Enter');
  await choose(page, onDisk({ 'brief.txt': 'Hallo' })('brief.txt'), 'Datei auswählen');
  await page.getByRole('button', { name: '1 Datei senden' }).click();
  await page.getByRole('heading', { name: 'Danke, alles ist angekommen' }).waitFor();
  await shoot(page, 'exchange-upload-german');
});

story('withdrawn while one sends, and no room for it', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice, { max_files: 2 });
  const { page, guard } = await openLink(stage, home, made.upload_page);
  guard.allow('status', /^(401|403|410|413|507) /);
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  await alice.ok('DELETE', `/api/exchanges/${made.id}`);
  await choose(page, onDisk({ 'late.txt': 'late' })('late.txt'), 'Choose files');
  await send(page, 1);
  await file(page, 'late.txt').getByText('the link has ended').waitFor();
  await page.getByRole('button', { name: 'Send late.txt again' }).waitFor();
});

story('the whole way by keyboard', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await asking(alice);
  const { page } = await openLink(stage, home, made.upload_page);
  const focusOn = (text) => focusBecomes(page, (one) => one?.textContent, text);
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Tab');
  await focusOn('Choose a file');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(onDisk({ 'k.txt': 'k' })('k.txt'));
  await file(page, 'k.txt').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await focusOn('Send 1 file');
  await page.keyboard.press('Enter');
  await thanks(page);
});
