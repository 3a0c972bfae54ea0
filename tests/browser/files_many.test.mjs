// Twenty thousand photos: only what is in sight is in the document, the end is within reach, and nothing moves while one
// looks at it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { aliceAtHome, assetNamed, marker, namesOn, openFiles, opener, selection, tile, viewer } from './lib/files_page.mjs';
import { jpeg } from './lib/photos.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const COUNT = 20_000;
const MOST_NODES = 1500;
const SEED = fileURLToPath(new URL('lib/seed_assets.py', import.meta.url));

function databaseOf(home) {
  const data = path.join(home.directory, 'data');
  const files = fs.readdirSync(data, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => path.join(data, name));
  return files.find((file) => fs.readFileSync(file).subarray(0, 15).equals(Buffer.from('SQLite format 3')));
}

// `hours`: between one and the next.
async function manyPhotos(stage, { hours = 0 } = {}) {
  const { home, alice, assets } = await aliceAtHome(stage, { 'hills.jpg': jpeg({ seed: 7 }) });
  await home.stop();
  execFileSync('/usr/bin/python3', [SEED, databaseOf(home), alice.id, 'hills.jpg', COUNT, hours]);
  await home.start();
  await alice.ok('DELETE', `/api/assets/${assets['hills.jpg'].id}`);
  return { home, alice };
}

const nodes = (page) => page.evaluate(() => document.querySelectorAll('*').length);
const total = (page) => page.locator('[role=listitem]').first().getAttribute('aria-setsize').then(Number);

story('scrolling to the end of 20,000 photos', async (stage) => {
  const { home, alice } = await manyPhotos(stage);
  const { page, context } = await openFiles(stage, home, alice);
  let pages = 0;
  context.on('response', (answer) => { if (answer.url().includes('/api/assets?')) ++pages; });
  await tile(page, `${COUNT} of ${COUNT}.jpg`).waitFor();
  let most = await nodes(page);
  const last = tile(page, `1 of ${COUNT}.jpg`);
  await until(async () => {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    most = Math.max(most, await nodes(page));
    return (await last.count()) > 0;
  }, 'the last photo', 90);
  await last.locator('img').waitFor();
  assert.equal(await total(page), COUNT);
  assert.ok(most < MOST_NODES, `${most} elements at most`);
  assert.ok(pages >= COUNT / 500 - 1, `${pages} pages`); // the first may have come before we listened
  await shoot(page, 'files-many-end', { narrow: false });

  // What changed far down, where one looks, is read again; and new ones wait at the head.
  const from = await namesOn(page);
  const top = await page.evaluate(() => scrollY);
  const seventeen = await assetNamed(alice, `17 of ${COUNT}.jpg`);
  await alice.ok('PATCH', `/api/assets/${seventeen.id}`, { body: { name: 'seventeen.jpg' } });
  await tile(page, 'seventeen.jpg').waitFor();
  for (let n = 0; n < 5; ++n) await alice.upload(`new ${n}.txt`, 'new');
  const news = page.getByRole('button', { name: '5 new' });
  await news.waitFor();
  assert.equal(await page.evaluate(() => scrollY), top, 'nothing moved');
  assert.deepEqual(await namesOn(page), from.map((name) => (name === `17 of ${COUNT}.jpg` ? 'seventeen.jpg' : name)));
  await shoot(page, 'files-many-new', { narrow: false });
  await news.click();
  await tile(page, 'new 4.txt').waitFor();
  await until(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Open new 4.txt'), 'the focus on the newest');
  assert.equal(await total(page), COUNT + 5);
}, { seconds: 240 });

story('selecting, searching and viewing among 20,000', async (stage) => {
  const { home, alice } = await manyPhotos(stage);
  const { page } = await openFiles(stage, home, alice);
  const first = `${COUNT} of ${COUNT}.jpg`;
  await opener(page, first).focus();
  await page.keyboard.press(' ');
  // More may be loaded at this moment.
  const allSelected = async () => {
    await page.keyboard.press('Control+a');
    return (await selection(page).innerText()).includes(`${(await total(page)).toLocaleString('en')} selected`);
  };
  await until(allSelected, 'all that is loaded is selected');
  await page.keyboard.press('Escape');

  // Beyond what is loaded: the viewer goes on and the place is kept.
  await opener(page, first).focus();
  await page.keyboard.press('Enter');
  await viewer(page).waitFor();
  const loaded = await total(page);
  await page.keyboard.press('End');
  await until(async () => (await total(page)) > loaded, 'more is fetched');
  for (let step = 0; step < 3; ++step) await page.keyboard.press('ArrowRight');
  const name = (await viewer(page).getAttribute('aria-label')).replace('Viewer: ', '');
  assert.equal(name, `${COUNT - loaded - 2} of ${COUNT}.jpg`);
  await page.keyboard.press('Escape');
  await viewer(page).waitFor({ state: 'detached' });
  const isBack = () => page.evaluate((label) => document.activeElement?.getAttribute('aria-label') === label, `Open ${name}`);
  await until(isBack, 'the focus on what was shown last');
  assert.ok(await nodes(page) < MOST_NODES);
  assert.equal(await marker(page, name).getAttribute('aria-checked'), 'false');

  await page.getByRole('searchbox').fill('777 of');
  await until(async () => (await total(page)) === COUNT / 1000, 'what was looked for');
  assert.equal((await namesOn(page))[0], `19777 of ${COUNT}.jpg`);
}, { seconds: 180 });

story('20,000 photos by month, over years', async (stage) => {
  const { home, alice } = await manyPhotos(stage, { hours: 6 });
  const { page } = await openFiles(stage, home, alice);
  await page.getByRole('button', { name: 'Photos', exact: true }).click();
  await tile(page, `${COUNT} of ${COUNT}.jpg`).waitFor();
  const headings = () => page.locator('.section-heading').allInnerTexts();
  const [latest] = await headings();
  let most = await nodes(page);
  const last = tile(page, `1 of ${COUNT}.jpg`);
  await until(async () => {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    most = Math.max(most, await nodes(page));
    return (await last.count()) > 0;
  }, 'the last photo', 90);
  await last.locator('img').waitFor();
  const [, year] = /(\d+)$/.exec(latest);
  const earliest = await page.getByRole('combobox', { name: 'From' }).locator('option').last().innerText();
  assert.match(earliest, new RegExp(`${Number(year) - 14} |${Number(year) - 13} `));
  assert.ok(most < MOST_NODES + 400, `${most} elements at most`);   // the months to choose from among them
  await shoot(page, 'photos-many-end', { narrow: false });

  // To one month and back by the filter; the focus goes from the end to the beginning by a key.
  await page.getByRole('combobox', { name: 'To' }).selectOption({ index: 100 });
  await page.getByRole('combobox', { name: 'From' }).selectOption({ index: 100 });
  await until(async () => {
    await page.evaluate(() => window.scrollTo(0, 0));
    const shown = await headings();
    return shown.length === 1 && shown[0] !== latest;
  }, 'one month');
  assert.ok((await namesOn(page)).length > 20);
  await page.getByRole('button', { name: 'Show all photos' }).click();
  await opener(page, `${COUNT} of ${COUNT}.jpg`).waitFor();
  await opener(page, `${COUNT} of ${COUNT}.jpg`).focus();
  const focused = () => page.evaluate(() => Number.parseInt(document.activeElement?.querySelector('.tile-name')?.innerText ?? '', 10));
  let at = COUNT;
  for (let n = 0; n < 30; ++n) {
    await page.keyboard.press('ArrowDown');
    at = await until(async () => { const now = await focused(); return now < at && now; }, `the focus beyond ${at}`);
  }
  assert.ok(at < COUNT - 60, `reached ${at}`);
}, { seconds: 240 });
