// Albums: made, filled, put in order, shown to others, and taken back.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { aliceAtHome, assetNamed, marker, namesOn, opener, openFiles, selection, toasts, viewer, waitForNames } from './lib/files_page.mjs';
import { connect } from './lib/people.mjs';
import { tabTo } from './lib/people_page.mjs';
import { jpeg } from './lib/photos.mjs';
import { checkNoSidewaysScroll, settled, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const HOSTILE = '<img src=x onerror=alert(1)> \u202Egpj.exe';
const LONG = `${'Sommerferien am See '.repeat(12)}😀`.slice(0, 240);
const photo = (seed) => jpeg({ seed, width: 320, height: 240 });
const PHOTOS = { 'one.jpg': photo(1), 'two.jpg': photo(2), 'three.jpg': photo(3), 'four.jpg': photo(4) };

const dialogOf = (page, name) => page.getByRole('dialog', { name });
const albumsOf = async (person) => (await person.get('/api/albums')).items;
const inAlbum = async (person, album) => (await person.get(`/api/albums/${album.id}/assets`)).items.map(({ name }) => name);

// An album with these files of alice's.
async function makeAlbum(person, name, assets) {
  const album = await person.post('/api/albums', { name });
  if (assets.length > 0) await person.post(`/api/albums/${album.id}/assets`, { asset_ids: assets.map(({ id }) => id) });
  return album;
}

async function thumbnailsOf(person, names) {
  for (const name of names) await until(async () => (await assetNamed(person, name)).has_thumbnail, `a thumbnail of ${name}`);
}

function openAlbum(stage, home, person, album, options = {}) {
  return stage.open(home, { as: person, path: `#/files/albums/${album.id}`, ...options });
}

story('from a selection to an album: new, then one that is there', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, PHOTOS);
  await thumbnailsOf(alice, Object.keys(PHOTOS));
  const { page } = await openFiles(stage, home, alice);
  await page.getByRole('link', { name: 'Albums', exact: true }).click();
  await page.getByRole('heading', { name: 'No albums yet' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'albums-none');
  await page.getByRole('link', { name: 'To your files' }).click();

  await marker(page, 'one.jpg').click();
  await shoot(page, 'albums-selection-one');
  await marker(page, 'two.jpg').click();
  await shoot(page, 'albums-selection-bar');
  await selection(page).getByRole('button', { name: 'Add to album' }).click();
  const dialog = dialogOf(page, /^Add/);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByText('Give it a name.').waitFor();
  await dialog.getByLabel('Name of the album').fill('By the lake');
  await checkAccessibility(page);
  await shoot(page, 'albums-add-new');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await toasts(page).getByText('2 files added to “By the lake”.').waitFor();
  await selection(page).waitFor({ state: 'detached' });

  await opener(page, 'three.jpg').click();
  await viewer(page).getByRole('button', { name: 'Add to album' }).click();
  await dialog.getByRole('radio', { name: 'By the lake 2 files' }).check();
  await checkAccessibility(page);
  await shoot(page, 'albums-add');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await viewer(page).waitFor({ state: 'detached' });

  await page.getByRole('link', { name: 'Albums', exact: true }).click();
  const tile = page.getByRole('link', { name: /^By the lake/ });
  await tile.getByText('3 files').waitFor();
  await settled(page);
  assert.ok(await tile.locator('img').evaluate((image) => image.naturalWidth > 0), 'its cover is seen');
  await checkAccessibility(page);
  await shoot(page, 'albums-list');
  await tile.click();
  await page.getByRole('heading', { level: 1, name: 'By the lake' }).waitFor();
  assert.deepEqual((await namesOn(page)).sort(), ['one.jpg', 'three.jpg', 'two.jpg']);
  await checkAccessibility(page);
  await shoot(page, 'albums-one');
});

story('order: by drag, by keys, by the bar of the selection', async (stage) => {
  const { home, alice, assets } = await aliceAtHome(stage, PHOTOS);
  const album = await makeAlbum(alice, 'Order', Object.values(assets));
  const { page } = await openAlbum(stage, home, alice, album);
  await waitForNames(page, ['one.jpg', 'two.jpg', 'three.jpg', 'four.jpg']);
  const order = async (...names) => {
    await waitForNames(page, names.map((name) => `${name}.jpg`));
    const wanted = JSON.stringify(names.map((name) => `${name}.jpg`));
    await until(async () => JSON.stringify(await inAlbum(alice, album)) === wanted, `${wanted} at the daemon`);
  };
  await opener(page, 'four.jpg').dragTo(opener(page, 'two.jpg'), { targetPosition: { x: 10, y: 60 } });
  await order('one', 'four', 'two', 'three');

  await opener(page, 'one.jpg').focus();
  await page.keyboard.press('Alt+ArrowRight');
  await order('four', 'one', 'two', 'three');
  await until(() => page.evaluate(() => document.activeElement.title === 'one.jpg'), 'the focus goes along');
  await page.getByText('Moved to position 2 of 4').waitFor({ state: 'attached' });

  await marker(page, 'two.jpg').click();
  await marker(page, 'three.jpg').click();
  await selection(page).getByRole('button', { name: 'Move forward' }).click();
  await order('four', 'two', 'three', 'one');
  await checkAccessibility(page);
  await shoot(page, 'albums-selected');
  await opener(page, 'two.jpg').dragTo(opener(page, 'one.jpg'), { targetPosition: { x: 120, y: 60 } });
  await order('four', 'one', 'two', 'three');
});

story('cover, name, taking out and back, deleting; the files stay', async (stage) => {
  const { home, alice, assets } = await aliceAtHome(stage, PHOTOS);
  const album = await makeAlbum(alice, 'Lake', Object.values(assets));
  const { page } = await openAlbum(stage, home, alice, album);
  await opener(page, 'three.jpg').click();
  await viewer(page).getByRole('button', { name: 'Use as cover' }).click();
  await toasts(page).getByText('The album has a new cover.').waitFor();
  assert.equal((await albumsOf(alice))[0].cover, assets['three.jpg'].id);
  await checkAccessibility(page);
  await page.keyboard.press('Escape');
  await viewer(page).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'More about this album' }).click();
  await page.getByRole('menuitem', { name: 'Rename album' }).click();
  const naming = dialogOf(page, 'Rename album');
  await naming.getByLabel('Name of the album').fill('  ');
  await naming.getByRole('button', { name: 'Rename' }).click();
  await naming.getByText('Give it a name.').waitFor();
  await naming.getByLabel('Name of the album').fill('ö'.repeat(128));
  await naming.getByRole('button', { name: 'Rename' }).click();
  await naming.getByText('longer than 255 bytes').waitFor();
  await naming.getByLabel('Name of the album').fill(LONG);
  await naming.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { level: 1, name: LONG.slice(0, 40) }).waitFor();
  await checkNoSidewaysScroll(page);
  await shoot(page, 'albums-long-name');

  await marker(page, 'one.jpg').click();
  await marker(page, 'three.jpg').click();
  await selection(page).getByRole('button', { name: 'Take out of the album' }).click();
  await waitForNames(page, ['two.jpg', 'four.jpg']);
  await toasts(page).getByRole('button', { name: 'Undo' }).click();
  await waitForNames(page, ['one.jpg', 'two.jpg', 'three.jpg', 'four.jpg']);

  await page.getByRole('button', { name: 'More about this album' }).click();
  await page.getByRole('menuitem', { name: 'Delete album' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByText('The files in it stay where they are.').waitFor();
  await shoot(page, 'albums-delete');
  await question.getByRole('button', { name: 'Delete album' }).click();
  await page.getByRole('heading', { name: 'No albums yet' }).waitFor();
  assert.equal((await alice.get('/api/assets')).items.length, 4);
});

story('shared as a whole: seen with its name, what is added later too, until it is withdrawn', async (stage) => {
  const [home, there] = await Promise.all([stage.instance({ name: 'Home' }), stage.instance({ name: 'There' })]);
  const alice = await home.addUser('alice', { admin: true });
  const bob = await there.addUser('bob');
  await connect(alice, bob);
  const assets = {};
  for (const [name, content] of Object.entries(PHOTOS)) assets[name] = await alice.upload(name, content);
  await thumbnailsOf(alice, Object.keys(PHOTOS));
  await alice.share([assets['four.jpg']], bob);
  const album = await makeAlbum(alice, 'By the lake', [assets['one.jpg'], assets['two.jpg']]);

  const theirs = await stage.open(there, { as: bob, path: `#/shared/with-me/${encodeURIComponent(alice.address)}` });
  theirs.guard.allow('status', /^404 GET/); // pictures that were withdrawn while they were asked for
  theirs.guard.allow('failed', /GET .*(content|thumbnail)/);
  const seen = (name) => theirs.page.getByRole('button', { name: `Open ${name}`, exact: true });
  await seen('four.jpg').waitFor();
  assert.equal(await theirs.page.getByRole('group', { name: 'Albums' }).count(), 0);

  const { page } = await openAlbum(stage, home, alice, album);
  await page.getByRole('button', { name: 'Share album' }).click();
  const dialog = dialogOf(page, 'Share the album “By the lake”');
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByText('Choose who may see', { exact: false }).or(dialog.getByRole('alert')).first().waitFor();
  await dialog.getByRole('checkbox', { name: new RegExp(bob.address) }).check();
  await dialog.getByText('bob can look at and download all that is in this album, also what you add later').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'albums-share');
  await dialog.getByRole('button', { name: 'Share with bob' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(`Seen by ${bob.address}`).waitFor();

  await seen('one.jpg').waitFor();
  await seen('two.jpg').waitFor();
  await theirs.page.getByText('From the album “By the lake”').first().waitFor({ state: 'attached' });
  await theirs.page.getByRole('group', { name: 'Albums' }).getByRole('button', { name: 'By the lake' }).click();
  await seen('four.jpg').waitFor({ state: 'detached' });
  await checkAccessibility(theirs.page);
  await shoot(theirs.page, 'albums-theirs');

  const byMe = await stage.open(home, { as: alice, path: '#/shared/by-me' });
  const listed = byMe.page.getByRole('region', { name: 'Albums' });
  await listed.getByText(`Seen by ${bob.address}`).waitFor();
  await checkAccessibility(byMe.page);
  await shoot(byMe.page, 'albums-by-me');

  // From the files: what is added is seen at once, and that is said before.
  await page.getByRole('link', { name: 'Albums', exact: true }).first().click();
  await page.getByRole('link', { name: 'All files' }).click();
  await marker(page, 'three.jpg').click();
  await selection(page).getByRole('button', { name: 'Add to album' }).click();
  const adding = dialogOf(page, /^Add/);
  await adding.getByRole('radio', { name: /^By the lake/ }).check();
  await adding.getByText(`${bob.address} sees it as soon as you add it.`).waitFor();
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  await seen('three.jpg').waitFor();
  await toasts(page).getByRole('button', { name: 'Show album' }).click();

  await page.getByRole('button', { name: 'Share album' }).click();
  await dialog.getByText('photos without their place').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'albums-viewers');
  await dialog.getByRole('button', { name: `Stop sharing the album with ${bob.address}` }).click();
  await toasts(page).getByText('bob no longer sees this album.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await seen('one.jpg').waitFor({ state: 'detached' });
  await listed.waitFor({ state: 'detached' });
  await seen('four.jpg').waitFor();   // which was shared by itself
  assert.equal(await theirs.page.getByRole('group', { name: 'Albums' }).count(), 0);
}, { seconds: 180 });

story('hostile names are text; what another tab does shows by itself; one that is gone says so', async (stage) => {
  const { home, alice, assets } = await aliceAtHome(stage, PHOTOS);
  const album = await makeAlbum(alice, HOSTILE, [assets['one.jpg']]);
  await alice.post('/api/albums', { name: LONG });
  const { page, guard } = await stage.open(home, { as: alice, path: '#/files/albums' });
  guard.allow('status', /^404 GET .*albums/);
  await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
  assert.equal(await page.locator('main img[src="x"]').count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'albums-hostile');
  await page.getByRole('link', { name: /onerror/ }).click();
  await page.getByRole('heading', { level: 1, name: /onerror/ }).waitFor();
  await waitForNames(page, ['one.jpg']);
  await alice.post(`/api/albums/${album.id}/assets`, { asset_ids: [assets['two.jpg'].id] });
  await waitForNames(page, ['one.jpg', 'two.jpg']);
  await alice.ok('DELETE', `/api/albums/${album.id}`);
  await page.getByText('This album is not there any more.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'albums-gone');
});

story('in German, by keyboard alone', async (stage) => {
  const { home, alice } = await aliceAtHome(stage, { 'a.jpg': photo(1), 'b.jpg': photo(2) });
  const { page } = await openFiles(stage, home, alice, { locale: 'de-DE' });
  const focusTile = (name) => page.getByRole('button', { name: `${name} öffnen`, exact: true }).focus();
  await focusTile('a.jpg');
  await page.keyboard.press('Space');
  const add = page.getByRole('button', { name: 'Zu einem Album hinzufügen' });
  await add.waitFor();
  await add.focus();
  await page.keyboard.press('Enter');
  const dialog = dialogOf(page, /hinzufügen$/);
  const field = dialog.getByLabel('Name des Albums');
  await tabTo(page, field);
  await page.keyboard.type('Am See');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await until(async () => (await albumsOf(alice))[0]?.count === 1, 'the album');
  await tabTo(page, page.getByRole('link', { name: 'Alben', exact: true }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', { name: /^Am See/ }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Am See' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'albums-german');
  await tabTo(page, page.getByRole('button', { name: 'a.jpg öffnen' }));
  await page.keyboard.press('Delete');
  await page.getByRole('heading', { name: 'Dieses Album ist leer' }).waitFor();
  await shoot(page, 'albums-empty-german');
});

story('the daemon stops: the album says so, and comes back', async (stage) => {
  const { home, alice, assets } = await aliceAtHome(stage, PHOTOS);
  const album = await makeAlbum(alice, 'Lake', Object.values(assets));
  const { page, guard } = await openAlbum(stage, home, alice, album);
  guard.allow('failed');
  await opener(page, 'one.jpg').waitFor();
  await home.stop('SIGKILL');
  await page.getByText('The page goes on by itself when it is back.').waitFor();
  await opener(page, 'one.jpg').focus();
  await page.keyboard.press('Delete');
  await toasts(page).first().waitFor();
  await opener(page, 'one.jpg').waitFor();   // it was not taken out
  await home.start();
  await until(async () => (await page.locator('.offline').count()) === 0, 'the connection is back');
  await page.keyboard.press('Delete');
  await waitForNames(page, ['two.jpg', 'three.jpg', 'four.jpg']);
});
