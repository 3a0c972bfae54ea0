// What was deleted is listed for a day, and comes back from there.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

const HOSTILE = '<img src=x onerror=alert(1)> \u202Egpj.exe';

story('what was deleted long after the toast comes back, shared as before', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice', { admin: true });
  const bob = await home.addUser('bob');
  const { page, guard } = await stage.open(home, { as: alice, path: '#/files/deleted' });
  await page.getByText('Nothing here').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'deleted-empty', { narrow: false });

  const kept = await alice.upload('summer.txt', 'the summer');
  const replaced = await alice.upload('list.txt', 'old');
  await alice.share([kept], bob);
  for (const asset of [kept, replaced]) await alice.ok('DELETE', `/api/assets/${asset.id}`);
  await alice.upload('list.txt', 'new');
  assert.equal((await bob.get('/api/assets', { owner: 'alice' })).items.length, 0);

  // It appears without a reload.
  await page.getByText('summer.txt').waitFor();
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'deleted');

  await page.getByRole('button', { name: 'Bring back summer.txt' }).click();
  await page.getByText('“summer.txt” is back').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'summer.txt' }).filter({ hasText: 'deleted' }).waitFor({ state: 'detached' });
  assert.deepEqual((await bob.get('/api/assets', { owner: 'alice' })).items.map((one) => one.name), ['summer.txt']);

  guard.allow('status', `409 POST /api/assets/${replaced.id}/undelete`);
  await page.getByRole('button', { name: 'Bring back list.txt' }).click();
  await page.getByText('There is a new “list.txt” now.').waitFor();

  await page.getByRole('link', { name: 'Back to the files' }).click();
  await page.getByText('summer.txt').first().waitFor();
  await page.getByRole('link', { name: 'Recently deleted' }).click();
  await page.getByText('list.txt', { exact: true }).waitFor();
});

story('names are text there too', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { page } = await stage.open(home, { as: alice, path: '#/files/deleted', locale: 'de-DE' });
  const asset = await alice.upload(HOSTILE.replace('\u202E', ''), 'x');
  await alice.ok('DELETE', `/api/assets/${asset.id}`);
  await page.getByText('<img src=x onerror=alert(1)>').waitFor();
  assert.equal(await page.locator('img[src=x]').count(), 0);
  await page.getByRole('button', { name: /zurückholen$/ }).click();
  await page.getByText('Hier ist nichts').waitFor();
});
