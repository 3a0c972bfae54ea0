// Downloads: the browser's own for what is small, one ZIP for several of one's own; with progress what the page itself writes,
// where the browser can.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceAtHome, bytes, digestOf, marker, opener, openFiles, openSlowly, panel, row, selection, tile, toasts } from './lib/files_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { TRICKLE } from './lib/slow_door.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

// Where the browser asks, this answers: a folder of the browser's own, which a page can look into afterwards.
function answerPickers() {
  const folder = () => navigator.storage.getDirectory();
  window.showSaveFilePicker = async ({ suggestedName }) => {
    window.asked = suggestedName;
    if (window.refuses) throw new DOMException('no', 'AbortError');
    return (await folder()).getFileHandle(suggestedName, { create: true });
  };
  window.showDirectoryPicker = folder;
}

const savedFiles = (page) => page.evaluate(async () => {
  const found = {};
  for await (const [name, handle] of (await navigator.storage.getDirectory()).entries()) {
    const content = await (await handle.getFile()).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
    found[name] = `sha-256:${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }
  return found;
});

// A window whose page finds such pickers.
async function withPickers(stage, home, alice) {
  const window = await openSlowly(stage, home, alice);
  await window.context.addInitScript(answerPickers);
  await window.page.reload();
  await window.page.locator('.tile').first().waitFor();
  return window;
}

async function selectAll(page, name) {
  await tile(page, name).hover();
  await marker(page, name).click();
  await page.keyboard.press('Control+a');
}

const download = (page) => selection(page).getByRole('button', { name: 'Download' }).click();

story('a small one is the browser’s own, with its name', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a "quoted" ü.txt': 'one', 'b.txt': 'two' });
  const { page } = await openFiles(stage, home, alice);
  await tile(page, 'a "quoted" ü.txt').hover();
  await marker(page, 'a "quoted" ü.txt').click();
  const [saved] = await Promise.all([page.waitForEvent('download'), download(page)]);
  assert.equal(saved.suggestedFilename(), 'a _quoted_ ü.txt');
  assert.equal(fs.readFileSync(await saved.path(), 'utf8'), 'one');
});

// What a ZIP holds, as Python reads it: a content for each name.
function unzip(file) {
  const script = 'import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))';
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' }));
}

story('several come as one ZIP, in one download of the browser', async (stage) => {
  const files = { 'a.txt': 'one', 'A.txt': 'two', 'b: c?.txt': 'three', [`\u202e${'x'.repeat(200)}.txt`]: 'four', 'empty': '' };
  const { home, alice } = await aliceAtHome(stage, files);
  const { page } = await openFiles(stage, home, alice);
  await selectAll(page, 'a.txt');
  const [saved] = await Promise.all([page.waitForEvent('download'), download(page)]);
  assert.equal(saved.suggestedFilename(), 'files.zip');
  const found = unzip(await saved.path());
  assert.deepEqual(Object.values(found).sort(), Object.values(files).sort());
  assert.deepEqual(Object.keys(found).sort(), ['A.txt', `_${'x'.repeat(200)}.txt`, 'a (2).txt', 'b_ c_.txt', 'empty'].sort());
});

story('an archive the daemon can’t make now is said', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.txt': 'one', 'b.txt': 'two' });
  const { page, guard, context } = await openFiles(stage, home, alice);
  guard.allow('status', '503 POST /api/archives');
  await context.route('**/api/archives', (route) => route.fulfill({ status: 503, headers: { 'Retry-After': '60' }, body: '{"code": "busy"}' }));
  await selectAll(page, 'b.txt');
  await download(page);
  await toasts(page).locator('visible=true').first().waitFor();
  await page.locator('.toast.danger').waitFor();
  await checkAccessibility(page);
});

story('what is gone meanwhile is said, and nothing is saved', async (stage) => {
  const { home, alice, assets } = await aliceAtHome(stage, { 'a.txt': 'one', 'b.txt': 'two' });
  const { page, guard, context } = await openFiles(stage, home, alice);
  guard.allow('status', `404 GET /api/assets/${assets['a.txt'].id}`);
  await selectAll(page, 'b.txt');
  await context.route('**/api/events', (route) => route.abort());
  await context.route(`**/api/assets/${assets['a.txt'].id}`, (route) => route.fulfill({ status: 404, body: '{"code": "not_found"}' }));
  const [saved] = await Promise.all([page.waitForEvent('download'), download(page)]);
  assert.equal(saved.suggestedFilename(), 'b.txt');
  await toasts(page).getByText('1 of 2 can’t be downloaded, among them a.txt: This file is not there any more.').waitFor();
});

story('a large one is written to disk as it comes, with progress', async (stage) => {
  const content = bytes(24_000_000, 3);
  const { home, alice } = await aliceAtHome(stage, { 'large.bin': content });
  const { page, door } = await withPickers(stage, home, alice);
  door.backRate = 2_000_000;
  await selectAll(page, 'large.bin');
  await download(page);
  await row(page, 'large.bin').getByText(/^[1-9]\d?% · [\d.,]+ [kM]B\/s · \d+ \w+ left$/).waitFor();
  door.backRate = TRICKLE;
  await checkAccessibility(page);
  await shoot(page, 'download-progress');
  door.backRate = Infinity;
  await row(page, 'large.bin').getByText('Saved · 24 MB').waitFor();
  assert.equal(await page.evaluate(() => window.asked), 'large.bin');
  assert.deepEqual(await savedFiles(page), { 'large.bin': digestOf(content) });
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await panel(page).waitFor({ state: 'detached' });
});

story('a download that breaks or is cancelled leaves nothing that looks whole', async (stage) => {
  const content = bytes(24_000_000, 3);
  const { home, alice } = await aliceAtHome(stage, { 'large.bin': content });
  const { page, door, guard } = await withPickers(stage, home, alice);
  guard.allow('failed');
  door.backRate = 2_000_000;
  await selectAll(page, 'large.bin');
  await download(page);
  await row(page, 'large.bin').getByText(/ left$/).waitFor();
  door.cut();
  await row(page, 'large.bin').getByText('It broke off in the middle. Nothing of it was kept.').waitFor();
  assert.deepEqual(await savedFiles(page), {});
  await checkAccessibility(page);
  await shoot(page, 'download-broken');
  await row(page, 'large.bin').getByRole('button', { name: 'Download large.bin again' }).click();
  await row(page, 'large.bin').getByText(/ left$/).waitFor();
  await row(page, 'large.bin').getByRole('button', { name: 'Cancel the download of large.bin' }).click();
  await panel(page).waitFor({ state: 'detached' });
  await page.waitForFunction(async () => {
    for await (const name of (await navigator.storage.getDirectory()).keys()) return !name;
    return true;
  });
});

story('thinking better of it in the browser’s dialog', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'large.bin': bytes(9_000_000) });
  const { page } = await withPickers(stage, home, alice);
  await page.evaluate(() => { window.refuses = true; });
  await selectAll(page, 'large.bin');
  await download(page);
  await page.waitForFunction(() => window.asked === 'large.bin');
  await selection(page).getByRole('button', { name: 'Download' }).and(page.locator(':not([aria-disabled])')).waitFor();
  assert.equal(await panel(page).count(), 0);
});

story('many of somebody else’s go into one folder; what is there stays, names fit every disk', async (stage) => {
  const files = { 'a.txt': 'a', 'b: c?.txt': 'b', 'd.txt': 'd', 'e.txt': 'e' };
  const { home, alice } = await aliceAtHome(stage);
  const bob = await home.addUser('bob');
  const shared = [];
  for (const [name, content] of Object.entries(files)) shared.push(await bob.upload(name, content));
  await bob.share(shared, alice);
  const { page, context } = await stage.open(home, { as: alice, path: `#/shared/with-me/${encodeURIComponent(bob.address)}` });
  await context.addInitScript(answerPickers);
  await page.reload();
  await opener(page, 'a.txt').waitFor();
  await page.evaluate(async () => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('A.txt', { create: true });
    const file = await handle.createWritable();
    await file.write('mine');
    await file.close();
  });
  for (const name of Object.keys(files)) await marker(page, name).click();
  await page.locator('.selection-bar').getByRole('button', { name: 'Download' }).click();
  await until(async () => (await panel(page).getByText(/^Saved/).count()) === 4, 'all four');
  const digests = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, digestOf(content)]));
  assert.deepEqual(await savedFiles(page), {
    'A.txt': digestOf('mine'), 'a (2).txt': digests['a.txt'], 'b_ c_.txt': digests['b: c?.txt'], 'd.txt': digests['d.txt'], 'e.txt': digests['e.txt'],
  });
});

story('from the viewer', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.txt': 'one' });
  const { page } = await openFiles(stage, home, alice);
  await opener(page, 'a.txt').click();
  const button = page.locator('.viewer-actions').getByRole('button', { name: 'Download' });
  const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
  assert.equal(fs.readFileSync(await saved.path(), 'utf8'), 'one');
});
