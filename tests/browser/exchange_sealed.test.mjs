// End-to-end encrypted exchanges: sealed in one browser, opened in another, and nothing readable in between.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceWithLinks, bring, checkKeptSecret, file, openLink, openLinkSlowly, saved } from './lib/exchange_page.mjs';
import { bytes, choose, digestOf, onDisk } from './lib/files_page.mjs';
import { inMemory, onThatDisk, withPickers } from './lib/origin_disk.mjs';
import { shoot } from './lib/screenshots.mjs';
import { newKey, seal } from './lib/sealed.mjs';
import { TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';

const MEGABYTE = 1_000_000;

const encrypted = (alice, wishes = {}) => alice.post('/api/exchanges', { encrypted: true, ...wishes });

async function bringSealed(alice, made, key, name, content, options) {
  const sealed = seal(key, name, content, options);
  await bring(alice, made, 'sealed', sealed.content, { sealed_name: sealed.name });
  return sealed;
}

const fetchIt = (page, name) => page.getByRole('button', { name: `Download ${name}`, exact: true }).click();

// Content as somebody in between would change it.
function changing(page, change) {
  return page.route('**/exchange/content/**', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: change(Buffer.from(await answer.body())) });
  });
}

story('from one browser to another, and the server can read nothing', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice, { max_files: 2 });
  const key = newKey();
  const film = bytes(3 * MEGABYTE);
  const letter = 'Meet me at the lake at noon, and bring the boat.';
  const sending = await openLink(stage, home, made.upload_page, { key });
  await sending.page.getByText('your browser encrypts the files').waitFor();
  const disk = onDisk({ 'film of the lake.mp4': film, 'letter to bob.txt': letter });
  await choose(sending.page, [disk('film of the lake.mp4'), disk('letter to bob.txt')], 'Choose files');
  await shoot(sending.page, 'exchange-sealed-upload', { fullPage: true });
  await sending.page.getByRole('button', { name: 'Send 2 files' }).click();
  await sending.page.getByRole('heading', { name: 'Thank you, everything has arrived' }).waitFor();
  await checkKeptSecret(sending);

  // What is kept over there.
  const stored = fs.readdirSync(home.directory, { recursive: true }).map((name) => path.join(home.directory, name)).filter((one) => fs.statSync(one).isFile());
  assert.ok(stored.length > 2);
  for (const one of stored) {
    const content = fs.readFileSync(one);
    for (const secret of ['lake.mp4', 'letter to bob', letter, key]) assert.ok(!content.includes(secret), `${secret} in ${one}`);
    assert.ok(!content.includes(film.subarray(1000, 1100)), one);
  }

  const getting = await openLink(stage, home, made.download_page, { key, ...withPickers });
  const { page } = getting;
  await file(page, 'film of the lake.mp4').getByText('Video · 3 MB').waitFor();
  await page.getByText('Encrypted from end to end').waitFor();
  assert.equal(await page.getByRole('button', { name: /ZIP/ }).count(), 0);
  await checkAccessibility(page, { bestPractice: true });
  await shoot(page, 'exchange-sealed-download', { fullPage: true });
  for (const name of ['film of the lake.mp4', 'letter to bob.txt']) {
    await fetchIt(page, name);
    await file(page, name).getByText('Saved.').waitFor();
  }
  assert.deepEqual(await onThatDisk(page), { 'film of the lake.mp4': digestOf(film), 'letter to bob.txt': digestOf(Buffer.from(letter)) });
  await checkKeptSecret(getting);
});

story('what another client sealed opens, and without a disk to write to it is one download', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice, { max_files: 3 });
  const key = newKey();
  const content = { 'empty.bin': Buffer.alloc(0), 'one.bin': bytes(65_519), 'more.bin': bytes(200_000) };
  for (const [name, one] of Object.entries(content)) await bringSealed(alice, made, key, name, one);
  const { page } = await openLink(stage, home, made.download_page, { key, ...inMemory });
  for (const [name, one] of Object.entries(content)) {
    const got = await saved(page, () => fetchIt(page, name));
    assert.equal(got.name, name);
    assert.deepEqual(fs.readFileSync(got.path), one);
  }
});

// The browser says that a header is of no use on such a page.
async function openPlain(...args) {
  const window = await openLink(...args);
  window.guard.allow('console', /Cross-Origin-Opener-Policy header has been ignored/);
  return window;
}

story('on a page by plain HTTP, sealing and opening are done in JavaScript', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice);
  const key = newKey();
  const url = `http://home.example:${home.publicPort}/`;
  const sending = await openPlain(stage, home, made.upload_page, { key, url });
  assert.equal(await sending.page.evaluate(() => window.isSecureContext || 'subtle' in crypto), false);
  await sending.page.getByText('which did not come by HTTPS').waitFor();
  const film = bytes(2 * MEGABYTE);
  await choose(sending.page, onDisk({ 'film.mp4': film })('film.mp4'), 'Choose a file');
  await sending.page.getByRole('button', { name: 'Send 1 file' }).click();
  await sending.page.getByRole('heading', { name: 'Thank you, everything has arrived' }).waitFor();
  const { page } = await openPlain(stage, home, made.download_page, { key, url });
  await page.getByText('which did not come by HTTPS').waitFor();
  const got = await saved(page, () => fetchIt(page, 'film.mp4'));
  assert.deepEqual(fs.readFileSync(got.path), film);
});

story('a link without its key, or with another, says so', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice);
  await bringSealed(alice, made, newKey(), 'a.txt', 'a');
  const { page } = await openLink(stage, home, made.download_page, { key: newKey() });
  await page.getByText('This link does not open these files').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'exchange-sealed-wrong-key');
  await page.goto(made.download_page);
  await page.getByText('the end of the link, which opens them, is missing').waitFor();
  await shoot(page, 'exchange-sealed-no-key');
  await page.goto(`${made.download_page}.short`);
  await page.getByText('A part of it is missing.').waitFor();
});

story('content that was changed on its way is not saved', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice);
  const key = newKey();
  await bringSealed(alice, made, key, 'a.bin', bytes(300_000));
  const { page, guard } = await openLink(stage, home, made.download_page, { key, ...withPickers });
  guard.allow('failed');
  guard.allow('status');
  const row = file(page, 'a.bin');
  const damaged = row.getByText('damaged or not whole, so it was not saved');
  const flipped = (content) => { content[100_000] ^= 1; return content; };
  const swapped = (content) => Buffer.concat([content.subarray(0, 21), content.subarray(65_557, 131_093), content.subarray(21, 65_557), content.subarray(131_093)]);
  const longer = (content) => Buffer.concat([content, Buffer.alloc(1)]);
  let button = 'Download a.bin';
  for (const change of [flipped, swapped, longer]) {
    await changing(page, change);
    await page.getByRole('button', { name: button, exact: true }).click();
    await damaged.waitFor();
    assert.deepEqual(await onThatDisk(page), {});
    await page.unroute('**/exchange/content/**');
    button = 'Try again: a.bin';
  }
  await checkAccessibility(page);
  await shoot(page, 'exchange-sealed-damaged');
  await page.getByRole('button', { name: button, exact: true }).click();
  await row.getByText('Saved.').waitFor();
  assert.deepEqual(await onThatDisk(page), { 'a.bin': digestOf(bytes(300_000)) });
});

story('content that ends between two records is not taken for whole', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice);
  const key = newKey();
  const sealed = seal(key, 'a.bin', bytes(300_000));
  // Whoever keeps it gives out less, and says that this is all.
  await bring(alice, made, 'sealed', sealed.content.subarray(0, 21 + 2 * 65_536), { sealed_name: sealed.name });
  const { page } = await openLink(stage, home, made.download_page, { key, ...withPickers });
  await fetchIt(page, 'a.bin');
  await file(page, 'a.bin').getByText('damaged or not whole').waitFor();
  assert.deepEqual(await onThatDisk(page), {});
});

story('the content of another file does not go by this name', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice, { max_files: 2 });
  const key = newKey();
  const [contract, forgery] = [seal(key, 'contract.txt', 'I owe you 10'), seal(key, 'forgery.txt', 'I owe you 99')];
  await bring(alice, made, 'sealed', forgery.content, { sealed_name: contract.name });
  const { page } = await openLink(stage, home, made.download_page, { key, ...withPickers });
  await fetchIt(page, 'contract.txt');
  await file(page, 'contract.txt').getByText('damaged or not whole').waitFor();
  assert.deepEqual(await onThatDisk(page), {});
});

story('hostile sealed names are shown as text, and fit the disk', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice, { max_files: 4 });
  const key = newKey();
  const names = ['<img src=x onerror=alert(1)>', '../../.bashrc', 'a\u202egpj.exe'];
  for (const name of names) await bringSealed(alice, made, key, name, name, { type: 'text/html' });
  const broken = seal(newKey(), 'x', 'x');
  await bring(alice, made, 'sealed', broken.content, { sealed_name: broken.name });
  const { page } = await openLink(stage, home, made.download_page, { key, ...withPickers });
  await page.getByText('a⟨U+202E⟩gpj.exe').waitFor();
  await page.getByText('The name of this file is damaged').waitFor();
  assert.equal(await page.locator('main li img').count(), 0);
  await shoot(page, 'exchange-sealed-hostile', { fullPage: true });
  for (const name of ['<img src=x onerror=alert(1)>', '../../.bashrc', 'a⟨U+202E⟩gpj.exe']) await fetchIt(page, name);
  await page.getByText('Saved.').nth(2).waitFor();
  for (const name of Object.keys(await onThatDisk(page))) assert.doesNotMatch(name, /[/\\<>:\u202e]/);
  assert.equal(Object.keys(await onThatDisk(page)).length, 3);
});

story('progress; a connection that breaks is gone on with, and cancelling leaves nothing', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice, { max_downloads: 1 });
  const key = newKey();
  const film = bytes(12 * MEGABYTE, 5);
  await bringSealed(alice, made, key, 'film.mp4', film, { type: 'video/mp4' });
  const { page, door, guard } = await openLinkSlowly(stage, home, made.download_page, { key, ...withPickers });
  guard.allow('failed');
  guard.allow('status', '410 GET /exchange/info');
  door.backRate = 2 * MEGABYTE;
  const row = file(page, 'film.mp4');
  const ranges = [];
  page.on('request', (asked) => { if (asked.url().includes('/content/')) ranges.push(asked.headers()['range'] ?? ''); });
  await fetchIt(page, 'film.mp4');
  await row.getByText(/ · \d+ \w+ left/).waitFor();
  door.backRate = TRICKLE;
  await checkAccessibility(page);
  await shoot(page, 'exchange-sealed-running');
  await page.getByRole('button', { name: 'Cancel the download of film.mp4' }).click();
  assert.deepEqual(await onThatDisk(page), {});

  door.backRate = 2 * MEGABYTE;
  await fetchIt(page, 'film.mp4');
  await row.getByText(/ · \d+ \w+ left/).waitFor();
  await home.stop('SIGKILL');
  await row.getByText('Connection lost. It goes on by itself').waitFor();
  await shoot(page, 'exchange-sealed-waiting');
  await home.start();
  door.backRate = Infinity;
  await row.getByText('Saved.').waitFor();
  assert.match(ranges.at(-1), /^bytes=\d+-$/);
  assert.deepEqual(await onThatDisk(page), { 'film.mp4': digestOf(film) });
});

story('what is sealed is sent on from where it was', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice);
  const key = newKey();
  const { page: sender, door, guard } = await openLinkSlowly(stage, home, made.upload_page, { key });
  guard.allow('failed');
  guard.allow('status', /^(409|423) PATCH /);
  const film = bytes(20 * MEGABYTE, 9);
  door.rate = 2 * MEGABYTE;
  await choose(sender, onDisk({ 'film.mp4': film })('film.mp4'), 'Choose a file');
  await sender.getByRole('button', { name: 'Send 1 file' }).click();
  await file(sender, 'film.mp4').getByText(/ · \d+ \w+ left/).waitFor();
  door.cut();
  await file(sender, 'film.mp4').getByText('Connection lost.').waitFor();
  await sender.getByRole('button', { name: 'Pause' }).click();
  await file(sender, 'film.mp4').getByText('Paused').waitFor();
  await sender.getByRole('button', { name: 'Go on' }).click();
  door.rate = Infinity;
  await sender.getByRole('heading', { name: 'Thank you, everything has arrived' }).waitFor();
  const { page } = await openLink(stage, home, made.download_page, { key, ...withPickers });
  await fetchIt(page, 'film.mp4');
  await file(page, 'film.mp4').getByText('Saved.').waitFor();
  assert.deepEqual(await onThatDisk(page), { 'film.mp4': digestOf(film) });
});

story('what does not fit into memory is said before it is fetched', async (stage) => {
  const { home, alice } = await aliceWithLinks(stage);
  const made = await encrypted(alice);
  const key = newKey();
  await bringSealed(alice, made, key, 'huge.iso', 'x');
  const claim = async (route) => {
    const answer = await route.fetch();
    const info = await answer.json();
    info.files[0].size = 21 + 65_536 * 100_000;
    await route.fulfill({ response: answer, json: info });
  };
  const { page } = await openLink(stage, home, made.download_page, {
    key, before: async (window) => { await inMemory.before(window); await window.page.route('**/exchange/info', claim); },
  });
  await page.getByText('can decrypt files of at most 1 GB').waitFor();
  assert.equal(await page.getByRole('button', { name: /huge/ }).count(), 0);
  await shoot(page, 'exchange-sealed-too-large');
});
