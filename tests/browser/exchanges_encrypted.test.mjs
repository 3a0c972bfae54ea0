// Links that members make with files of their own device: encrypted end to end, on slow and broken connections.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, checkKeptSecret, file, openLink } from './lib/exchange_page.mjs';
import { bytes, digestOf, onDisk, openSlowly } from './lib/files_page.mjs';
import { chooseForLink, closeMade, dialog, fetchByLink, link, made, makeLink, more, openLinks, press } from './lib/links_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const MEGABYTE = 1_000_000;
const inMemory = { before: ({ context }) => context.addInitScript(() => { delete window.showSaveFilePicker; }) };

// Everything this window sends.
function listenIn(window) {
  const sent = [];
  window.context.on('request', (asked) => {
    sent.push(Buffer.from([asked.method(), asked.url(), ...Object.entries(asked.headers()).flat()].join('\n')), asked.postDataBuffer() ?? Buffer.alloc(0));
  });
  return (text) => sent.some((piece) => piece.includes(text));
}

const encrypt = (page) => page.getByLabel('Encrypt end to end').check();

async function linksSlowly(stage, home, alice) {
  const window = await openSlowly(stage, home, alice, { path: '#/exchanges' });
  await window.page.locator('.exchange, .empty').first().waitFor();
  return window;
}

story('sealed here, opened there, and nothing readable in between', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const window = await openLinks(stage, home, alice);
  const { page } = window;
  const wasSent = listenIn(window);
  const film = bytes(3 * MEGABYTE);
  const letter = 'Meet me at the lake at noon, and bring the boat.';
  const disk = onDisk({ 'film of the lake.mp4': film, 'letter to bob.txt': letter });
  await chooseForLink(page, [disk('film of the lake.mp4'), disk('letter to bob.txt')]);
  await encrypt(page);
  await checkAccessibility(page);
  const address = await makeLink(page);
  const [, token, key] = /#([\w-]{43})\.([\w-]{43})$/.exec(address) ?? [];
  assert.ok(token && key, address);
  await page.getByText('All 2 files are there and can be fetched.').waitFor();
  await page.getByText('Its end is the key that opens the files.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-encrypted', { fullPage: true });
  await closeMade(page);
  await link(page, '2 encrypted files').getByText('End-to-end encrypted').waitFor();
  await press(page, '2 encrypted files');
  await dialog(page, 'About this link').getByText('Encrypted file 2').waitFor();
  await shoot(page, 'links-encrypted-details');

  // Neither on its way nor over there.
  for (const secret of [key, token, letter, 'film of', 'letter to bob']) assert.ok(!wasSent(secret), secret);
  const stored = fs.readdirSync(home.directory, { recursive: true }).map((name) => path.join(home.directory, name)).filter((one) => fs.statSync(one).isFile());
  assert.ok(stored.length > 2);
  for (const one of stored) {
    const content = fs.readFileSync(one);
    for (const secret of [key, letter, 'film of the lake', 'letter to bob']) assert.ok(!content.includes(secret), `${secret} in ${one}`);
  }

  const guest = await fetchByLink(stage, home, address, 'film of the lake.mp4', film, inMemory);
  await file(guest.page, 'letter to bob.txt').waitFor();
  await checkKeptSecret(guest);
  // Without its key, or with another, it opens nothing.
  const stranger = await openLink(stage, home, address.replace(/\.[\w-]{43}$/, ''), inMemory);
  await stranger.page.getByText('the end of the link, which opens them, is missing').waitFor();
  const other = await openLink(stage, home, address.replace(key, Buffer.alloc(32, 7).toString('base64url')), inMemory);
  await other.page.getByText('This link does not open these files').waitFor();
});

story('with a password as well, once', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  await chooseForLink(page, onDisk({ 'will.txt': 'my will' })('will.txt'));
  await encrypt(page);
  await more(page);
  await page.getByLabel('Password').fill('spring');
  await page.getByLabel('May be fetched').selectOption({ label: 'once' });
  const address = await makeLink(page);
  await page.getByText('The file is there and can be fetched.').waitFor();
  await closeMade(page);
  const guest = await openLink(stage, home, address, inMemory);
  guest.guard.allow('status', '410 GET /exchange/info');
  const field = guest.page.getByLabel('Password', { exact: true });
  await field.fill('spring');
  await field.press('Enter');
  const [download] = await Promise.all([guest.page.waitForEvent('download'), press(guest.page, 'Download will.txt')]);
  assert.equal(digestOf(fs.readFileSync(await download.path())), digestOf('my will'));
  await link(page, '1 encrypted file').getByText('Used up').waitFor();
});

story('the link is there while the film is still on its way, whatever else one does', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page, door, guard } = await linksSlowly(stage, home, alice);
  guard.allow('status', /^4(09|23) PATCH/); // what came before the pause is still being put away
  const film = bytes(20 * MEGABYTE);
  await chooseForLink(page, onDisk({ 'film.mp4': film })('film.mp4'));
  await encrypt(page);
  door.rate = MEGABYTE;
  const address = await makeLink(page);
  await made(page).getByText('Keep this page open until everything is uploaded.').waitFor();
  await made(page).getByText(/ · \d+ \w+ left/).waitFor();
  door.rate = TRICKLE;
  await checkAccessibility(page);
  await shoot(page, 'links-sending', { fullPage: true });
  const guest = await openLink(stage, home, address, inMemory);
  await guest.page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  await made(page).getByRole('button', { name: 'Pause' }).click();
  await made(page).getByText('Paused').waitFor();
  door.rate = Infinity; // what was sent before arrives
  await closeMade(page);
  await link(page, 'film.mp4').getByText('Being uploaded').waitFor();
  await link(page, 'film.mp4').getByText('Keep this page open').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-uploading');
  await page.locator('.exchange-open').click();
  door.rate = TRICKLE;
  await dialog(page, 'About this link').getByRole('button', { name: 'Go on' }).click();
  await page.keyboard.press('Escape');
  // Nothing is lost by looking at something else, but by closing the page.
  await page.getByRole('link', { name: 'People' }).click();
  assert.equal(await page.evaluate(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true }))), false);
  door.rate = Infinity;
  await file(guest.page, 'film.mp4').waitFor();
  await page.getByRole('link', { name: 'Links' }).click();
  await link(page, '1 encrypted file').getByText('Ready').waitFor();
  const mayLeave = () => page.evaluate(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  await until(mayLeave, 'the page may be closed');
  const [download] = await Promise.all([guest.page.waitForEvent('download'), press(guest.page, 'Download film.mp4')]);
  assert.equal(digestOf(fs.readFileSync(await download.path())), digestOf(film));
});

story('breaks are waited out', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page, door, guard } = await linksSlowly(stage, home, alice);
  guard.allow('failed');
  guard.allow('status', /^(409|423|5\d\d) /);
  const film = bytes(16 * MEGABYTE, 3);
  await chooseForLink(page, onDisk({ 'film.bin': film })('film.bin'));
  door.rate = MEGABYTE;
  const address = await makeLink(page);
  await made(page).getByText(/ · \d+ \w+ left/).waitFor();
  door.cut();
  await made(page).getByText('Connection lost.').waitFor();
  await made(page).getByText(/ · \d+ \w+ left/).waitFor();
  await home.stop('SIGKILL');
  await made(page).getByText('Connection lost.').waitFor();
  await shoot(page, 'links-sending-offline', { fullPage: true });
  door.rate = Infinity;
  await home.start();
  await page.getByText('The file is there and can be fetched.').waitFor({ timeout: 60_000 });
  await closeMade(page);
  await fetchByLink(stage, home, address, 'film.bin', film);
});

story('one of them is taken out, the other is enough; all of them, and the link has ended', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page, door, guard } = await linksSlowly(stage, home, alice);
  const disk = onDisk({ 'small.txt': 'small', 'film.bin': bytes(30 * MEGABYTE) });
  await chooseForLink(page, [disk('small.txt'), disk('film.bin')]);
  door.rate = MEGABYTE;
  const address = await makeLink(page);
  await made(page).getByText(/ · \d+ \w+ left/).waitFor();
  await press(page, 'Take out film.bin');
  await page.getByText('The file is there and can be fetched.').waitFor();
  await closeMade(page);
  door.rate = Infinity;
  await link(page, 'small.txt').getByText('Ready').waitFor();
  await fetchByLink(stage, home, address, 'small.txt', 'small');

  await chooseForLink(page, disk('film.bin'));
  door.rate = MEGABYTE;
  await makeLink(page);
  await made(page).getByText(/ · \d+ \w+ left/).waitFor();
  guard.allow('status', /^403 DELETE \/exchange\/uploads\//);   // the link may have ended before, and the upload with it
  await press(page, 'Take out film.bin');
  await page.getByText('Everything was taken out, so the link has ended.').waitFor();
  door.rate = Infinity;
  await closeMade(page);
  await page.locator('.exchange').first().getByText('Ended by you').waitFor();
});

story('a file that is gone when it is its turn', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const { page } = await openLinks(stage, home, alice);
  const disk = onDisk({ 'gone.txt': 'gone', 'here.txt': 'here' });
  await chooseForLink(page, [disk('gone.txt'), disk('here.txt')]);
  fs.rmSync(disk('gone.txt'));
  await makeLink(page);
  await made(page).getByText('It can’t be read any more.').waitFor();
  await made(page).locator('.transfer.done').getByText('here.txt').waitFor();
  await made(page).getByText('One file could not be uploaded').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'links-unreadable', { fullPage: true });
  await press(page, 'Take out gone.txt');
  await page.getByText('The file is there and can be fetched.').waitFor();
});
