// Live transfers on the sender's side: files are offered from the page, and watched on their way.

import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, file } from './lib/exchange_page.mjs';
import { bytes, choose, digestOf, drop, onDisk, toasts } from './lib/files_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
import { request } from './lib/http.mjs';
import { openLive, receiveLive } from './lib/live_page.mjs';
import { onThatDisk, withPickers } from './lib/origin_disk.mjs';
import { shoot } from './lib/screenshots.mjs';
import { SlowDoor, TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const MEGABYTE = 1_000_000;

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const link = (page) => page.getByLabel('Link', { exact: true });
const row = (page, name) => page.locator('.live-transfer').filter({ hasText: name });
const asksBeforeLeaving = (page) => page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
const fetchIt = (page, name) => press(page, `Download ${name}`);

async function openSending(stage, home, alice, options = {}) {
  const window = await stage.open(home, { as: alice, path: '#/live', ...options });
  await window.page.locator('.live h2').first().waitFor();
  return window;
}

// Files of that content, offered; what comes back is the link.
async function offerFiles(page, content) {
  const disk = onDisk(content);
  await choose(page, Object.keys(content).map((name) => disk(name)), 'Choose files');
  await press(page, 'Make link');
  return link(page).inputValue();
}

story('files chosen, a link made, and somebody fetching them', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openSending(stage, home, alice, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByText('Nothing is stored.').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-empty', { fullPage: true });
  await press(page, 'Make link');
  await page.getByText('Choose at least one file.').waitFor();

  const hostile = ['<img src=x onerror=alert(1)>.txt', 'a\u202egpj.exe', `${'long '.repeat(45)}🦆.jpg`];
  const film = bytes(24 * MEGABYTE);   // far more than what fits on the way
  const disk = onDisk({ 'film.mp4': film, 'folder/inside.txt': 'inside', 'extra.txt': 'extra', ...Object.fromEntries(hostile.map((name) => [name, name])) });
  await choose(page, ['film.mp4', 'extra.txt'].map((name) => disk(name)), 'Choose files');
  await drop(page, [...hostile.map((name) => disk(name)), disk('folder')]);
  await page.getByText('Folders can’t be sent like this.').waitFor();
  await drop(page, [disk('film.mp4')]);   // it is there already
  await page.getByText('5 files, 24 MB').waitFor();
  assert.equal(await page.getByText('Folders can’t be sent like this.').count(), 0);
  await press(page, 'Take out extra.txt');
  await page.getByText('4 files, 24 MB').waitFor();
  await page.getByText('a⟨U+202E⟩gpj.exe').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-chosen', { fullPage: true });

  await press(page, 'Make link');
  const address = await link(page).inputValue();
  assert.match(address, new RegExp(`^${home.publicUrl}live/l#[0-9a-hjkmnp-tv-z]{12}\\.[\\w-]{43}$`));
  await focusBecomes(page, (one) => one?.localName, 'textarea');
  await press(page, 'Copy the link');
  await until(async () => (await page.evaluate(() => navigator.clipboard.readText())) === address, 'the link on the clipboard');
  await page.getByText('Nobody is fetching anything yet').waitFor();
  await page.getByText('Keep this page open').waitFor();
  await page.getByRole('link', { name: /Live.*a link is open/ }).waitFor();
  await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-open', { fullPage: true });
  assert.equal(await asksBeforeLeaving(page), false);

  const door = await SlowDoor.open(home.publicPort);
  const { page: receiver } = await openLive(stage, home, address, { url: door.url, ...withPickers });
  door.backRate = 2 * MEGABYTE;
  await fetchIt(receiver, 'film.mp4');
  await page.getByText('Somebody is fetching film.mp4.').waitFor();
  await row(page, 'film.mp4').getByText(/\d+\s?% · .* · \d+ \w+ left/).waitFor();
  door.backRate = TRICKLE;
  assert.equal(await asksBeforeLeaving(page), true);
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-sending', { fullPage: true });

  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
  door.backRate = Infinity;
  await toasts(page).getByText('film.mp4 was received.').waitFor();
  assert.equal((await onThatDisk(receiver))['film.mp4'], digestOf(film));
  await toasts(page).getByRole('button', { name: 'Show' }).click();
  await row(page, 'film.mp4').getByText('Received and checked · 24 MB').waitFor();
  assert.equal(await link(page).inputValue(), address);
  assert.equal(await asksBeforeLeaving(page), false);

  await fetchIt(receiver, 'a⟨U+202E⟩gpj.exe');
  await page.getByText('a⟨U+202E⟩gpj.exe was received.').waitFor();
  const { status, told } = await receiveLive(address, ['-o', onDisk({})()]);
  assert.equal(status, 0, told);
  for (const name of ['<img src=x onerror=alert(1)>.txt', 'long long']) await row(page, name).getByText('Received and checked').waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-received', { fullPage: true });
});

story('cancelled by either side, lost on the way, and stopped', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page, guard: own } = await openSending(stage, home, alice);
  own.allow('status', /^(409|410) \w+ \/api\/live\//);   // what was on its way when it ended
  const film = bytes(12 * MEGABYTE, 3);
  const address = await offerFiles(page, { 'film.mp4': film, 'other.bin': bytes(12 * MEGABYTE, 4) });
  const door = await SlowDoor.open(home.publicPort);
  const { page: receiver, guard } = await openLive(stage, home, address, { url: door.url, ...withPickers });
  guard.allow('failed');
  guard.allow('status', /^(404|410) \w+ \/live\//);
  door.backRate = TRICKLE;

  await fetchIt(receiver, 'film.mp4');
  await row(page, 'film.mp4').getByRole('progressbar', { name: 'Sending film.mp4' }).waitFor();
  await press(receiver, 'Cancel the download of film.mp4');
  await row(page, 'film.mp4').getByText('The receiver cancelled it.').waitFor();
  await page.getByText('film.mp4 was not sent to the end.').waitFor();

  await fetchIt(receiver, 'other.bin');
  await press(page, 'Cancel sending other.bin');
  await row(page, 'other.bin').getByText('You cancelled it.').waitFor();
  await focusBecomes(page, (one) => one?.localName, 'li');
  door.backRate = Infinity;   // what was on its way comes first
  await file(receiver, 'other.bin').getByText('alice has stopped it').waitFor();
  door.backRate = TRICKLE;

  await fetchIt(receiver, 'film.mp4');
  const again = row(page, 'film.mp4').first();
  await again.getByRole('progressbar').waitFor();
  door.shut = true;
  door.cut();
  await again.getByText('The receiver’s connection is lost.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'live-lost', { fullPage: true });
  door.shut = false;
  door.backRate = Infinity;
  await again.getByText('Received and checked').waitFor();
  assert.deepEqual(await onThatDisk(receiver), { 'film.mp4': digestOf(film) });

  door.backRate = TRICKLE;
  await press(receiver, 'Try again: other.bin');
  await row(page, 'other.bin').first().getByRole('progressbar').waitFor();
  const question = page.getByRole('alertdialog', { name: 'Stop while something is being sent?' });
  await press(page, 'Stop and leave');
  await question.getByText('One transfer is not finished.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'live-stop');
  await press(page, 'Go on sending');
  await question.waitFor({ state: 'detached' });
  await row(page, 'other.bin').first().getByRole('progressbar').waitFor();
  await press(page, 'Stop and leave');
  await question.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('The link does not work any more.').waitFor();
  await focusBecomes(page, (one) => one?.textContent, 'You have stopped');
  await row(page, 'other.bin').getByText('It was not finished when the link ended.').waitFor();
  door.backRate = Infinity;
  await file(receiver, 'other.bin').getByText('alice has left.').waitFor();
  assert.equal(await page.getByRole('link', { name: /a link is open/ }).count(), 0);
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-stopped', { fullPage: true });
  await press(page, 'Choose other files');
  await page.getByRole('button', { name: 'Choose files' }).waitFor();
  assert.equal(await page.getByRole('listitem').filter({ hasText: 'film.mp4' }).count(), 0);
});

story('a server that is full, gone for a while, and started anew', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage, { settings: { live: { transfers: 2 } } });
  const door = await SlowDoor.open(home.localPort);
  const { page, guard } = await stage.open(door.url, { as: alice, path: '#/live' });
  guard.allow('failed');
  guard.allow('status', /^503 POST \/api\/live/);
  const { live_id: other } = await alice.post('/api/live', { files: [{ name: 'a', size: 1, type: 'text/plain' }] });
  await choose(page, onDisk({ 'a.txt': 'a' })('a.txt'), 'Choose files');
  await press(page, 'Make link');
  await page.getByText('The server is busy right now.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'live-busy');
  await alice.ok('DELETE', `/api/live/${other}`);
  await press(page, 'Make link');
  const first = await link(page).inputValue();

  door.shut = true;
  door.cut();
  await page.getByText('It is tried again and again.').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-away', { fullPage: true });
  door.shut = false;
  await page.getByText('Keep this page open').waitFor();
  assert.equal(await link(page).inputValue(), first);

  await home.restart();
  await page.getByText('The server does not know it any more').waitFor();
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-over');
  await press(page, 'Make a new link for the same file');
  await until(async () => (await link(page).inputValue()) !== first, 'another link');
  assert.equal((await receiveLive(await link(page).inputValue(), ['-o', onDisk({})()])).status, 0);
  await row(page, 'a.txt').getByText('Received and checked').waitFor();

  // Who has the code and not the secret gets nothing, and one hears of it.
  const [code] = new URL(await link(page).inputValue()).hash.slice(1).split('.');
  const wrong = Buffer.alloc(32, 9).toString('base64url');
  const asked = await request('POST', `${home.publicUrl}live/${code}/requests`, {
    headers: { 'content-type': 'application/json' }, body: JSON.stringify({ file: 0, public_key: wrong, mac: wrong }),
  });
  assert.equal(asked.status, 201, String(asked.body));
  await page.getByRole('alert').getByText('Something was refused').waitFor();
  assert.equal(await row(page, 'a.txt').count(), 1);
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'live-refused', { fullPage: true });

  // Who logs out leaves: the next one here finds nothing.
  const left = page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.url().includes('/api/live/'));
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  assert.equal((await left).status(), 204);
  await page.getByLabel('Password', { exact: true }).waitFor();
});

story('by keyboard alone, in German, on a page by plain HTTP', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage, { settings: { web: { allowed_hosts: ['home.example'] } } });
  const url = `http://home.example:${home.localPort}/`;
  const { page, context, guard } = await stage.open(url, { path: null, locale: 'de-DE' });
  guard.allow('console', /Cross-Origin-Opener-Policy header has been ignored/);
  await context.addInitScript(() => { navigator.share = async (what) => { window.handedOn = what; }; });
  const choosing = new Promise((chosen) => { page.once('filechooser', chosen); });   // heard of from now on
  await page.goto(`${url}#/live`);
  await page.getByLabel('E-Mail-Adresse').fill(alice.email);
  await page.getByLabel('Passwort', { exact: true }).fill(alice.password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.getByRole('heading', { name: 'Direkt senden', level: 1 }).waitFor();
  await page.getByText('Diese Seite kam nicht über HTTPS').waitFor();
  assert.equal(await page.evaluate(() => isSecureContext || 'subtle' in crypto), false);
  await shoot(page, 'live-german', { fullPage: true });

  const press = (key) => page.keyboard.press(key);
  const tabTo = async (name, key = 'Tab') => {
    for (let at = 0; at < 30; ++at) {
      await press(key);
      if (await page.evaluate((wanted) => (document.activeElement?.ariaLabel ?? document.activeElement?.textContent)?.includes(wanted), name)) return;
    }
    assert.fail(`${name} is not reached by ${key}`);
  };
  await tabTo('Dateien auswählen');
  await press('Enter');
  const chooser = await choosing;
  const film = bytes(2 * MEGABYTE);
  const disk = onDisk({ 'film.mp4': film, 'nicht.txt': 'nicht' });
  await chooser.setFiles([disk('film.mp4'), disk('nicht.txt')]);
  await page.getByText('2 Dateien, 2 MB').waitFor();
  await tabTo('nicht.txt herausnehmen');
  await press('Enter');
  await focusBecomes(page, (one) => one?.ariaLabel, 'film.mp4 herausnehmen');
  await tabTo('Link erstellen');
  await press('Enter');
  await focusBecomes(page, (one) => one?.localName, 'textarea');
  const address = await page.getByLabel('Link', { exact: true }).inputValue();
  await page.getByText('Lass diese Seite offen').waitFor();
  await tabTo('Weitergeben');
  await press('Enter');
  assert.deepEqual(await until(() => page.evaluate(() => window.handedOn), 'something is handed on'), { url: address });

  const folder = onDisk({});
  const { status, told } = await receiveLive(address, ['-o', folder()]);
  assert.equal(status, 0, told);
  assert.deepEqual(fs.readFileSync(folder('film.mp4')), film);
  await page.getByText('Angekommen und geprüft · 2 MB').waitFor();
  await shoot(page, 'live-german-received', { fullPage: true });
  await tabTo('Beenden', 'Shift+Tab');
  await press('Enter');
  await focusBecomes(page, (one) => one?.textContent, 'Du hast den Link beendet');
});
