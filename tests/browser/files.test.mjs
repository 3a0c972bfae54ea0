// One's own files: finding, selecting, renaming, deleting, seeing what changes elsewhere.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import {
  aliceAtHome, assetNamed, checkStored, digestOf, marker, namesOn, opener, openFiles, selection, tile, toasts, waitForNames,
} from './lib/files_page.mjs';
import { jpeg, png } from './lib/photos.mjs';
import { settled, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const SEVERAL = {
  'a.txt': 'a', 'b.jpg': jpeg({ seed: 2 }), 'c.pdf': '%PDF-1.4', 'd.mp3': 'ID3 d', 'e.png': png({ seed: 5 }), 'f.zip': 'PK\x03\x04 f',
};
const NEWEST_FIRST = Object.keys(SEVERAL).reverse();

// What the focus is on: the name of the file.
function focused(page) {
  return page.evaluate(() => document.activeElement?.closest('[data-id]')?.querySelector('.tile-name, .entry-open > .truncate')?.innerText ?? '');
}

const focusIs = (page, name) => until(async () => (await focused(page)) === name, `the focus on ${name}`);

story('grid and list, kinds and search', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, SEVERAL);
  const bob = await home.addUser('bob');
  await alice.share([await assetNamed(alice, 'b.jpg')], bob);
  const { page } = await openFiles(stage, home, alice);
  assert.deepEqual(await namesOn(page), NEWEST_FIRST);
  await settled(page);
  for (const name of ['b.jpg', 'e.png']) {
    assert.ok(await tile(page, name).locator('img').evaluate((image) => image.naturalWidth > 0), `${name} is seen`);
  }
  assert.equal(await tile(page, 'b.jpg').locator('.shared-mark').innerText(), `Shared with ${bob.address}`);
  await checkAccessibility(page);
  await shoot(page, 'files-grid');

  await page.getByRole('button', { name: 'Photos', exact: true }).click();
  await waitForNames(page, ['e.png', 'b.jpg']);
  await page.getByRole('button', { name: 'Videos', exact: true }).click();
  await page.getByText('Nothing of this kind yet').waitFor();
  await shoot(page, 'files-no-videos');
  await page.getByRole('button', { name: 'Show everything' }).click();
  await waitForNames(page, NEWEST_FIRST);

  const search = page.getByRole('searchbox', { name: 'Search by name' });
  await search.pressSequentially('P');
  await waitForNames(page, ['f.zip', 'e.png', 'd.mp3', 'c.pdf', 'b.jpg']);
  await search.pressSequentially('nix%_');
  await page.getByText('Nothing is called “Pnix%_”').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'files-no-result');
  await page.locator('.empty').getByRole('button', { name: 'Clear the search' }).click();
  await waitForNames(page, NEWEST_FIRST);
  assert.equal(await search.inputValue(), '');

  await page.getByRole('button', { name: 'List', exact: true }).click();
  await page.locator('.file-row').getByText(bob.address).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'files-list');
  await page.reload();
  await page.locator('.file-row').first().waitFor();
  assert.deepEqual(await namesOn(page), NEWEST_FIRST, 'the list is remembered');
});

story('selecting by mouse: one, a range, more; the bar takes the place of the head', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, SEVERAL);
  const { page } = await openFiles(stage, home, alice);
  const above = () => page.locator('.browser').evaluate((element) => element.getBoundingClientRect().top);
  const before = await above();
  await tile(page, 'e.png').hover();
  await marker(page, 'e.png').click();
  await selection(page).getByText('1 selected').waitFor();
  assert.equal(await above(), before, 'nothing moved under the mouse');
  assert.equal(await selection(page).getByRole('button', { name: 'Rename' }).count(), 1);
  await marker(page, 'c.pdf').click({ modifiers: ['Shift'] });
  await selection(page).getByText(/^3 selected · /).waitFor();
  await tile(page, 'a.txt').click();
  await selection(page).getByText(/^4 selected · /).waitFor();
  assert.equal(await selection(page).getByRole('button', { name: 'Rename' }).count(), 0, 'only one can be renamed');
  await marker(page, 'd.mp3').click();
  await selection(page).getByText(/^3 selected · /).waitFor();
  assert.equal(await page.locator('.files-head [role=status]').innerText(), await selection(page).locator('p').innerText());
  await checkAccessibility(page);
  await shoot(page, 'files-selected');
  await page.getByRole('button', { name: 'Documents', exact: true }).click();
  await selection(page).waitFor({ state: 'detached' });
});

story('by keyboard alone: moving, selecting, opening, renaming, deleting, taking back', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, SEVERAL);
  const { page } = await openFiles(stage, home, alice);
  await opener(page, 'f.zip').focus();
  await page.keyboard.press('ArrowRight');
  await focusIs(page, 'e.png');
  await page.keyboard.press('End');
  await focusIs(page, 'a.txt');
  await page.keyboard.press('ArrowUp');
  await focusIs(page, 'f.zip');
  await page.keyboard.press('ArrowDown');
  await focusIs(page, 'a.txt');
  await page.keyboard.press('Home');
  await focusIs(page, 'f.zip');

  await page.keyboard.press(' ');
  await selection(page).getByText('1 selected').waitFor();
  await page.keyboard.press('Shift+ArrowRight');
  await focusIs(page, 'e.png');
  await page.keyboard.press('Shift+ArrowRight');
  await selection(page).getByText('3 selected').waitFor();
  await page.keyboard.press('Control+a');
  await selection(page).getByText('6 selected').waitFor();
  await page.keyboard.press('Escape');
  await selection(page).waitFor({ state: 'detached' });
  await focusIs(page, 'd.mp3');

  await page.keyboard.press('F2');
  await page.getByRole('dialog', { name: 'Rename' }).waitFor();
  await page.keyboard.type('song');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await focusIs(page, 'song.mp3');
  await checkStored(alice, 'song.mp3', Buffer.from('ID3 d'));

  await page.keyboard.press('Delete');
  await toasts(page).getByText('song.mp3 deleted.').waitFor();
  await focusIs(page, 'c.pdf');
  await page.keyboard.press('Control+z');
  await toasts(page).getByText('It is back.').waitFor();
  await waitForNames(page, ['f.zip', 'e.png', 'song.mp3', 'c.pdf', 'b.jpg', 'a.txt']);
});

story('several are deleted and brought back, with those who saw them', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, SEVERAL);
  const bob = await home.addUser('bob');
  await alice.share([await assetNamed(alice, 'b.jpg')], bob);
  const { page } = await openFiles(stage, home, alice);
  await tile(page, 'f.zip').hover();
  await marker(page, 'f.zip').click();
  await page.keyboard.press('Control+a');
  await selection(page).getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No files yet').waitFor();
  await toasts(page).getByText('6 files deleted. The people you shared with don’t see it any more.').waitFor();
  assert.deepEqual((await alice.get('/api/assets')).items, []);
  assert.deepEqual((await bob.get('/api/shared-with-me')).items, []);
  await checkAccessibility(page);
  await shoot(page, 'files-deleted');
  await toasts(page).getByRole('button', { name: 'Undo' }).click();
  await toasts(page).getByText('6 files are back.').waitFor();
  await waitForNames(page, NEWEST_FIRST);
  assert.equal((await bob.get('/api/shared-with-me')).items.length, 1);
  await tile(page, 'b.jpg').locator('.shared-mark').waitFor();
});

story('a name that was taken meanwhile stands in the way of taking back, and says so', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.txt': 'old', 'b.txt': 'b' });
  const { page, guard } = await openFiles(stage, home, alice);
  guard.allow('status', /^409 POST \/api\/assets\/[0-9a-z]+\/undelete$/);
  await opener(page, 'a.txt').focus();
  await page.keyboard.press('Delete');
  await toasts(page).getByText('a.txt deleted.').waitFor();
  const other = await alice.upload('a.txt', 'new');
  await waitForNames(page, ['a.txt', 'b.txt']);
  await page.keyboard.press('Control+z');
  await toasts(page).getByText('There is another a.txt now. Rename that one, then undo.').waitFor();
  await shoot(page, 'files-undo-taken', { narrow: false });
  await alice.ok('PATCH', `/api/assets/${other.id}`, { body: { name: 'other.txt' } });
  await page.keyboard.press('Control+z');
  await waitForNames(page, ['other.txt', 'b.txt', 'a.txt']);
  await checkStored(alice, 'a.txt', Buffer.from('old'));
});

story('deleting more than a hundred is asked for first; some that fail are told', async (stage) => {
  const { home, alice } = await aliceAtHome(stage);
  for (let n = 0; n < 101; ++n) {
    await alice.upload(`${String(n).padStart(3, '0')}.txt`, `${n}`);
  }
  const { page, context, guard } = await openFiles(stage, home, alice);
  const kept = await assetNamed(alice, '050.txt');
  guard.allow('status', `500 DELETE /api/assets/${kept.id}`);
  await context.route(`**/api/assets/${kept.id}`, (route) => route.fulfill({ status: 500, body: '{"code": "internal"}' }));
  await opener(page, '100.txt').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  const question = page.getByRole('alertdialog', { name: 'Delete 101 files?' });
  await question.waitFor();
  await shoot(page, 'files-delete-many');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page.keyboard.press('Delete');
  await question.getByRole('button', { name: 'Delete 101 files' }).click();
  const why = 'Something went wrong in the server. Its log says more.';
  await toasts(page).getByText(`100 of 101 deleted. The others are still there, among them 050.txt: ${why}`).waitFor();
  await waitForNames(page, ['050.txt']);
});

story('renaming: the ending is kept apart, bad and taken names are told', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'beach.tar.gz': 'x', 'taken.gz': 'y' });
  const { page, guard } = await openFiles(stage, home, alice);
  guard.allow('status', /^409 PATCH /);
  const dialog = page.getByRole('dialog', { name: 'Rename' });
  const field = dialog.getByLabel('New name');
  await opener(page, 'beach.tar.gz').focus();
  await page.keyboard.press('F2');
  assert.equal(await field.inputValue(), 'beach.tar');
  await checkAccessibility(page);
  await shoot(page, 'files-rename');
  await field.fill('a/b');
  await page.keyboard.press('Enter');
  await dialog.getByText('must not have a slash').waitFor();
  await field.fill('  ');
  await page.keyboard.press('Enter');
  await dialog.getByText('It has no name.').waitFor();
  await field.fill('taken');
  await page.keyboard.press('Enter');
  await dialog.getByText('You have another file of that name already.').waitFor();
  await shoot(page, 'files-rename-taken');
  await field.fill('dunes');
  await dialog.getByLabel('Change the ending too').check();
  assert.equal(await field.inputValue(), 'dunes.gz');
  await field.fill('dunes.tgz');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await dialog.waitFor({ state: 'detached' });
  await waitForNames(page, ['taken.gz', 'dunes.tgz']);
});

story('details', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'hills.jpg': jpeg({ seed: 1 }) });
  await alice.upload('hills.jpg', jpeg({ seed: 2 }));
  const { page } = await openFiles(stage, home, alice);
  await tile(page, 'hills.jpg').hover();
  await marker(page, 'hills.jpg').click();
  await selection(page).getByRole('button', { name: 'Details' }).click();
  const dialog = page.getByRole('dialog', { name: 'Details' });
  await dialog.getByText(digestOf(jpeg({ seed: 2 }))).waitFor();
  await dialog.getByText('image/jpeg').waitFor();
  await dialog.getByText(/^2, of /).waitFor();
  await dialog.getByText('Nobody').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'files-details');
});

story('what changes elsewhere is there without a reload', async (stage) => {
  const { home, alice, assets } = await aliceAtHome(stage, { 'a.png': png({ seed: 1 }), 'b.txt': 'b' });
  const bob = await home.addUser('bob');
  const { page } = await openFiles(stage, home, alice);
  const { page: second } = await openFiles(stage, home, alice);
  await alice.upload('c.txt', 'c');
  await waitForNames(page, ['c.txt', 'b.txt', 'a.png']);
  await waitForNames(second, ['c.txt', 'b.txt', 'a.png']);
  await opener(page, 'c.txt').focus();
  await page.keyboard.press('Delete');
  await waitForNames(second, ['b.txt', 'a.png']);
  await toasts(page).getByRole('button', { name: 'Undo' }).waitFor();   // the other tab may hear of it before this one has its answer
  await page.keyboard.press('Control+z');
  await waitForNames(second, ['c.txt', 'b.txt', 'a.png']);
  await alice.ok('PATCH', `/api/assets/${assets['b.txt'].id}`, { body: { name: 'letter.txt' } });
  await waitForNames(second, ['c.txt', 'letter.txt', 'a.png']);
  await alice.share([assets['b.txt']], bob);
  await tile(second, 'letter.txt').locator('.shared-mark').waitFor();
  // A new version under the same name is another picture.
  const pixel = () => tile(page, 'a.png').locator('img').evaluate(async (image) => {
    await image.decode();
    const drawing = document.createElement('canvas').getContext('2d');
    drawing.drawImage(image, 0, 0);
    return [...drawing.getImageData(5, 5, 1, 1).data].join();
  });
  const before = await pixel();
  await alice.upload('a.png', png({ seed: 4 }));
  await until(async () => (await pixel()) !== before, 'the new picture');
});

story('the daemon is away: what is there stays, and it goes on by itself', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.txt': 'a' });
  const { page, guard } = await openFiles(stage, home, alice);
  guard.allow('failed');
  await home.stop('SIGKILL');
  await page.getByText('The page goes on by itself when it is back.').waitFor();
  assert.deepEqual(await namesOn(page), ['a.txt']);
  await page.getByRole('button', { name: 'Documents', exact: true }).click();
  await page.getByText('This server did not answer.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'files-offline');
  await opener(page, 'a.txt').focus();
  await page.keyboard.press('Delete');
  await toasts(page).getByText('This server did not answer.').waitFor();
  await home.start();
  await page.getByText('The page goes on by itself').waitFor({ state: 'detached' });
  await page.locator('.notice').waitFor({ state: 'detached' });
  await waitForNames(page, ['a.txt']);
});

story('in German', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, SEVERAL);
  const { page } = await openFiles(stage, home, alice, { locale: 'de-DE' });
  await page.getByRole('heading', { name: 'Dateien', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'f.zip öffnen' }).focus();
  await page.keyboard.press(' ');
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByRole('group', { name: 'Ausgewählte Dateien' }).getByText(/^2 ausgewählt · /).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'files-german');
  await page.keyboard.press('Delete');
  await toasts(page).getByText('2 Dateien sind gelöscht.').waitFor();
  await toasts(page).getByRole('button', { name: 'Rückgängig' }).click();
  await toasts(page).getByText('2 Dateien sind wieder da.').waitFor();
});
