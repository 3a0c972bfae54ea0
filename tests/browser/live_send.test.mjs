// Live transfers on the sender's side: files are offered from the page, and watched on their way.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, file } from './lib/exchange_page.mjs';
import { bytes, choose, digestOf, drop, onDisk, toasts } from './lib/files_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
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
  const film = bytes(12 * MEGABYTE);
  const disk = onDisk({ 'film.mp4': film, 'folder/inside.txt': 'inside', 'extra.txt': 'extra', ...Object.fromEntries(hostile.map((name) => [name, name])) });
  await choose(page, ['film.mp4', 'extra.txt'].map((name) => disk(name)), 'Choose files');
  await drop(page, [...hostile.map((name) => disk(name)), disk('folder')]);
  await page.getByText('Folders can’t be sent like this.').waitFor();
  await drop(page, [disk('film.mp4')]);   // it is there already
  await page.getByText('5 files, 12 MB').waitFor();
  assert.equal(await page.getByText('Folders can’t be sent like this.').count(), 0);
  await press(page, 'Take out extra.txt');
  await page.getByText('4 files, 12 MB').waitFor();
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
  await row(page, 'film.mp4').getByText('Received and checked · 12 MB').waitFor();
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
