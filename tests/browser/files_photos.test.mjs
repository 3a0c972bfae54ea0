// Photos by the time they were taken: months, filters, previews, what is known of each.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceAtHome, assetNamed, marker, namesOn, opener, openFiles, selection, tile, viewer, waitForNames } from './lib/files_page.mjs';
import { jpeg, png, tiff, withExif } from './lib/photos.mjs';
import { settled, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const taken = (seed, when, model, more = {}) => withExif(jpeg({ seed, ...more }), { taken: when, model });

// In the order they come here, which is not the one they were taken in.
const ALBUM = {
  'summer-2.jpg': taken(1, '2023:07:20 18:00:00', 'Box 7'),
  'winter.jpg': taken(2, '2024:01:05 10:00:00', 'Pocket'),
  'notes.txt': 'no photo',
  'summer-1.jpg': taken(3, '2023:07:03 09:30:00', 'Pocket'),
};

// Once the daemon has looked into all of them.
async function lookedInto(person, names) {
  for (const name of names) {
    await until(async () => (await assetNamed(person, name)).has_thumbnail, `a thumbnail of ${name}`);
  }
}

async function openPhotos(stage, home, person, options) {
  const window = await openFiles(stage, home, person, options);
  await window.page.getByRole('group', { name: /^(Show|Zeigen|Anzeigen)$/ }).getByRole('button').nth(1).click();
  await window.page.locator('.section-heading').first().waitFor();
  return window;
}

const months = (page) => page.locator('.section-heading').allInnerTexts();
const select = (page, label) => page.getByRole('combobox', { name: label });

story('by month, the latest first; what the camera knew', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, ALBUM);
  await lookedInto(alice, ['summer-1.jpg', 'summer-2.jpg', 'winter.jpg']);
  const { page } = await openPhotos(stage, home, alice);
  await waitForNames(page, ['winter.jpg', 'summer-2.jpg', 'summer-1.jpg']);
  assert.deepEqual(await months(page), ['January 2024', 'July 2023']);
  await settled(page);
  assert.ok(await tile(page, 'winter.jpg').locator('img').evaluate((image) => image.naturalWidth > 0), 'its thumbnail is seen');
  await checkAccessibility(page);
  await shoot(page, 'photos-months');

  await opener(page, 'summer-1.jpg').click();
  await viewer(page).getByText(/^[\d.]+ (kB|bytes) · 3 Jul 2023, 09:30 · .*Pocket.* · 320 × 240 pixels$/).waitFor();
  await viewer(page).getByRole('button', { name: 'Details' }).click();
  const details = page.getByRole('dialog', { name: 'Details' });
  await details.getByText('3 Jul 2023, 09:30').waitFor();
  await details.getByText('320 × 240 pixels').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'photo-details');
});

story('narrowed by camera and by months', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, ALBUM);
  await lookedInto(alice, ['summer-1.jpg', 'summer-2.jpg', 'winter.jpg']);
  const { page } = await openPhotos(stage, home, alice);
  await select(page, 'Camera').selectOption({ label: (await select(page, 'Camera').locator('option').allInnerTexts()).find((text) => text.includes('Pocket')) });
  await waitForNames(page, ['winter.jpg', 'summer-1.jpg']);
  await select(page, 'To').selectOption({ label: 'July 2023 (2)' });
  await waitForNames(page, ['summer-1.jpg']);
  assert.equal(await select(page, 'From').locator('option', { hasText: 'January 2024' }).isDisabled(), true, 'a beginning behind the end');
  await checkAccessibility(page);
  await shoot(page, 'photos-narrowed');
  const search = page.getByRole('searchbox', { name: 'Search by name' });
  await search.fill('winter');
  await page.getByText('No photo fits all of this').waitFor();
  await shoot(page, 'photos-none');
  await page.locator('.empty').getByRole('button', { name: 'Show all photos' }).click();
  await waitForNames(page, ['winter.jpg', 'summer-2.jpg', 'summer-1.jpg']);
  assert.equal(await search.inputValue(), '');
  await select(page, 'From').selectOption({ label: 'January 2024 (1)' });
  await waitForNames(page, ['winter.jpg']);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await waitForNames(page, Object.keys(ALBUM).reverse());
  assert.equal(await select(page, 'Camera').count(), 0, 'only photos have cameras');
});

story('by keyboard over months; selecting across them; deleting and taking back', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, ALBUM);
  await lookedInto(alice, ['summer-1.jpg', 'summer-2.jpg', 'winter.jpg']);
  const { page } = await openPhotos(stage, home, alice);
  const focusIs = (name) => until(async () => (await page.evaluate(() => document.activeElement?.querySelector('.tile-name')?.innerText)) === name, `the focus on ${name}`);
  await opener(page, 'winter.jpg').focus();
  await page.keyboard.press('ArrowDown');
  await focusIs('summer-2.jpg');
  await page.keyboard.press('End');
  await focusIs('summer-1.jpg');
  await page.keyboard.press('ArrowUp');
  await focusIs('winter.jpg');
  await page.keyboard.press(' ');
  await page.keyboard.press('Shift+ArrowRight');
  await selection(page).getByText(/^2 selected/).waitFor();
  await page.keyboard.press('Delete');
  await waitForNames(page, ['summer-1.jpg']);
  assert.deepEqual(await months(page), ['July 2023']);
  await page.keyboard.press('Control+z');
  await waitForNames(page, ['winter.jpg', 'summer-2.jpg', 'summer-1.jpg']);
});

story('an upload goes to its month once the daemon has looked into it', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, ALBUM);
  await lookedInto(alice, ['summer-1.jpg', 'summer-2.jpg', 'winter.jpg']);
  const { page } = await openPhotos(stage, home, alice);
  await alice.upload('old.jpg', taken(9, '2019:12:31 23:59:59', 'Old One'));
  await waitForNames(page, ['winter.jpg', 'summer-2.jpg', 'summer-1.jpg', 'old.jpg']);
  assert.equal((await months(page)).at(-1), 'December 2019');
  await until(async () => (await select(page, 'Camera').locator('option').allInnerTexts()).some((text) => text.includes('Old One')), 'its camera in the filter');
});

story('the preview is seen until the photo itself is there', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'large.png': png({ seed: 4, width: 1600, height: 1200 }) });
  await lookedInto(alice, ['large.png']);
  const { page, context } = await openPhotos(stage, home, alice);
  let go;
  const held = new Promise((resolve) => { go = resolve; });
  await context.route('**/content', async (route) => { await held; await route.continue(); });
  await opener(page, 'large.png').click();
  const picture = viewer(page).getByRole('img', { name: 'large.png' });
  await until(async () => (await picture.evaluate((image) => image.naturalWidth).catch(() => 0)) === 1024, 'the preview');
  await viewer(page).getByRole('progressbar').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'photo-preview');
  go();
  await until(async () => (await picture.evaluate((image) => image.naturalWidth).catch(() => 0)) === 1600, 'the photo');
  await viewer(page).getByRole('progressbar').waitFor({ state: 'detached' });
});

story('what browsers can’t show is seen as the daemon’s picture of it', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'scan.tif': tiff({ seed: 8, width: 1200, height: 900 }) });
  await lookedInto(alice, ['scan.tif']);
  const { page } = await openPhotos(stage, home, alice);
  await settled(page);
  assert.ok(await tile(page, 'scan.tif').locator('img').evaluate((image) => image.naturalWidth > 0), 'in the grid');
  await opener(page, 'scan.tif').click();
  const picture = viewer(page).getByRole('img', { name: 'scan.tif' });
  await until(async () => (await picture.evaluate((image) => image.naturalWidth).catch(() => 0)) === 1024, 'the picture');
  await checkAccessibility(page);
  await shoot(page, 'photo-scan');
});

story('hostile cameras and names are text, in German, in the dark, on a phone', async (stage) => {
  const camera = '<img src=x onerror=alert(1)>';
  const { home, alice } = await aliceAtHome(stage, {
    'a\u202egpj.exe.jpg': withExif(jpeg({ seed: 5 }), { taken: '2024:07:01 12:00:00', make: camera, model: '\u202eevil' }),
    [`${'x'.repeat(240)}.jpg`]: withExif(jpeg({ seed: 6 }), { taken: '2022:02:02 02:02:02', make: 'A'.repeat(200), model: '💚' }),
  });
  await until(async () => (await alice.get('/api/photos')).items.every((item) => item.has_thumbnail), 'thumbnails');
  const { page } = await openPhotos(stage, home, alice, { locale: 'de-DE', colorScheme: 'dark' });
  assert.deepEqual(await months(page), ['Juli 2024', 'Februar 2022']);
  await checkAccessibility(page);
  await shoot(page, 'photos-hostile');
  await page.locator('.tile-open').first().click();
  await viewer(page).or(page.getByRole('dialog')).first().waitFor();
  await settled(page);
  await shoot(page, 'photo-hostile');
});

story('the filters that can’t be read leave the photos alone', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, ALBUM);
  await lookedInto(alice, ['summer-1.jpg', 'summer-2.jpg', 'winter.jpg']);
  const { page, guard, context } = await openFiles(stage, home, alice);
  guard.allow('status', '503 GET /api/photos/summary');
  await context.route('**/api/photos/summary', (route) => route.fulfill({ status: 503, body: '{"code": "storage_full"}' }));
  await page.getByRole('button', { name: 'Photos', exact: true }).click();
  await waitForNames(page, ['winter.jpg', 'summer-2.jpg', 'summer-1.jpg']);
  assert.equal(await select(page, 'Camera').count(), 0);
  await tile(page, 'winter.jpg').hover();
  await marker(page, 'winter.jpg').click();
  await selection(page).getByText('1 selected').waitFor();
  assert.equal((await namesOn(page)).length, 3);
});
