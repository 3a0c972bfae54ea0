// What I share: with whom, since when, until when; stopping one or all of it, and changing one's mind.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { connect } from './lib/people.mjs';
import { jpeg } from './lib/photos.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const sectionOf = (page, person) => page.locator(`section[data-owner="${person.address}"]`);
const sharesOf = async (person) => (await person.get('/api/shares')).items;
const stop = (within, name, who) => within.getByRole('button', { name: `Stop sharing ${name} with ${who}` });
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

async function share(owner, files, person, expiresAt) {
  const body = { asset_ids: files.map(({ id }) => id), with: person.address, ...(expiresAt && { expires_at: expiresAt }) };
  return (await owner.post('/api/shares', body)).items;
}

story('by person: stopping one takes it from an open page elsewhere; Undo gives it back as it was', async (stage) => {
  const [home, there] = [await stage.instance({ name: 'Home' }), await stage.instance({ name: 'There' })];
  const alice = await home.addUser('alice');
  const [bob, dora] = [await there.addUser('bob'), await there.addUser('dora')];
  await connect(alice, bob);
  const { page } = await stage.open(there, { as: bob, path: '#/shared' });
  await page.getByRole('link', { name: 'By me' }).click();
  await page.getByText('You share nothing').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-by-me-empty');

  const files = [];
  for (let number = 1; number <= 7; ++number) files.push(await bob.upload(`photo ${number}.jpg`, jpeg({ seed: number })));
  const end = '2099-05-12T21:59:59.000Z';
  await share(bob, files.slice(1), alice);
  await share(bob, files.slice(0, 1), alice, end);
  await share(bob, files.slice(0, 2), dora);
  const [alices, doras] = [sectionOf(page, alice), sectionOf(page, dora)];
  await alices.getByText('7 files').waitFor();
  await doras.getByText('On this server').waitFor();
  await alices.getByText('until 12 May 2099, 23:59').waitFor();
  await alices.getByText('until you stop it').first().waitFor();
  await until(async () => (await alices.getByRole('listitem').count()) === 5, 'five rows');
  await checkAccessibility(page);
  await shoot(page, 'shared-by-me', { fullPage: true });

  const { page: hers, guard } = await stage.open(home, { as: alice, path: '#/shared' });
  guard.allow('status', /^404 GET .*content/); // a picture asked for just before it was withdrawn
  guard.allow('failed', /CONTENT_LENGTH_MISMATCH GET .*content/); // or cut off by that
  await hers.getByRole('button', { name: 'Open photo 1.jpg' }).waitFor();
  await stop(alices, 'photo 1.jpg', 'alice').click();
  await hers.getByRole('button', { name: 'Open photo 1.jpg' }).waitFor({ state: 'detached' });
  await page.getByText('alice can’t open photo 1.jpg any more. Downloaded copies stay.').waitFor();
  await alices.getByText('6 files').waitFor();
  await until(async () => /^Stop sharing/.test(await focused(page)), 'focus on the next row');
  await shoot(page, 'shared-by-me-stopped', { narrow: false });
  await page.getByRole('button', { name: 'Undo' }).click();
  await hers.getByRole('button', { name: 'Open photo 1.jpg' }).waitFor();
  await page.getByText('Shared again.').waitFor();
  const again = (await sharesOf(bob)).find((one) => one.with === alice.address && one.asset_id === files[0].id);
  assert.equal(again.expires_at, end);

  // Everything with one person, after a question; the others keep theirs.
  await alices.getByRole('link', { name: 'Show all 7' }).click();
  await page.getByRole('heading', { level: 1, name: alice.address }).waitFor();
  await until(async () => await page.getByRole('listitem').count() === 7, 'all rows');
  await checkAccessibility(page);
  await shoot(page, 'shared-by-me-person');
  await page.getByRole('button', { name: 'Stop everything (7) with alice' }).click();
  const question = page.getByRole('alertdialog', { name: 'Stop sharing everything with alice?' });
  await question.getByText(`${alice.address} can then no longer open these 7 files.`).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-by-me-question', { narrow: false });
  await question.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await sharesOf(bob)).length, 9);
  await page.getByRole('button', { name: 'Stop everything (7) with alice' }).click();
  await question.getByRole('button', { name: 'Stop 7 shares' }).click();
  await page.getByText('You share nothing with alice').waitFor();
  await hers.getByText('bob is connected with you, but shares nothing yet.').waitFor();
  await until(async () => (await sharesOf(bob)).every((one) => one.with === dora.address), 'only what dora sees');
  await page.getByRole('button', { name: 'Undo' }).click();
  await hers.getByText('7 files').waitFor();
  assert.equal((await sharesOf(bob)).find((one) => one.with === alice.address && one.asset_id === files[0].id).expires_at, end);
}, { seconds: 180 });

story('by file: everybody who sees it, another end, and nobody any more', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const [carol, dora, eve] = [await home.addUser('carol'), await home.addUser('dora'), await home.addUser('eve')];
  const files = [await carol.upload('hills.jpg', jpeg({ seed: 3 })), await carol.upload('<b>plan<b>\u202etxt.pdf', 'x')];
  await share(carol, files, dora);
  await share(carol, files.slice(0, 1), eve);
  const { page } = await stage.open(home, { as: carol, path: '#/shared/by-me/files' });
  await page.getByText('with dora and eve').or(page.getByText('with eve and dora')).waitFor();
  await page.getByText('<b>plan<b>⟨U+202E⟩txt.pdf').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-by-file');

  await page.getByRole('button', { name: '2 people see hills.jpg' }).click();
  const dialog = page.getByRole('dialog', { name: 'Who sees hills.jpg' });
  await dialog.getByText(dora.address).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'shared-who-sees');
  await dialog.getByRole('button', { name: 'How long eve sees hills.jpg' }).click();
  const ending = page.getByRole('dialog', { name: 'How long eve sees hills.jpg' });
  await ending.getByLabel('For how long?').selectOption('Until a date');
  await ending.getByRole('button', { name: 'Save' }).click();
  await ending.getByRole('alert').filter({ hasText: 'Choose a day that is not over yet.' }).waitFor();
  await ending.getByLabel('Last day').fill('2099-05-12');
  await checkAccessibility(page);
  await ending.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('until 12 May 2099, 23:59').waitFor();
  await ending.waitFor({ state: 'detached' });

  await stop(dialog, 'hills.jpg', 'eve').click();
  await dialog.getByText(eve.address).waitFor({ state: 'detached' });
  await page.getByText('with dora').first().waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'detached' });
  await until(async () => await focused(page) === '1 person sees hills.jpg', 'the focus where it was');

  // Another window stops it while one looks.
  await page.getByRole('button', { name: '1 person sees hills.jpg' }).click();
  await dialog.waitFor();
  for (const one of await sharesOf(carol)) if (one.asset_id === files[0].id) await carol.ok('DELETE', `/api/shares/${one.id}`);
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('hills.jpg', { exact: true }).waitFor({ state: 'detached' });
  // A deleted file is shared no more.
  await carol.ok('DELETE', `/api/assets/${files[1].id}`);
  await page.getByText('You share nothing').waitFor();
});

story('what cannot be stopped comes back and is said; an end that comes is seen', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const [carol, dora] = [await home.addUser('carol'), await home.addUser('dora')];
  const files = [await carol.upload('one.txt', '1'), await carol.upload('two.txt', '2')];
  await share(carol, files, dora);
  const { page, guard } = await stage.open(home, { as: carol, path: '#/shared/by-me' });
  guard.allow('status', /^500 DELETE \/api\/shares/);
  const section = sectionOf(page, dora);
  await section.getByText('2 files').waitFor();
  await page.route('**/api/shares/*', async (route) => {
    const problem = { status: 500, title: 'x', detail: 'disk on fire', code: 'internal', request_id: '0'.repeat(26) };
    await route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  await stop(section, 'one.txt', 'dora').click();
  await page.getByText('1 share could not be stopped: Something went wrong in the server.').waitFor();
  await stop(section, 'one.txt', 'dora').waitFor();
  await page.unroute('**/api/shares/*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('dora can’t open one.txt any more.').waitFor();
  assert.deepEqual((await sharesOf(carol)).map(({ asset }) => asset.name), ['two.txt']);
});

story('in German, narrow, by keyboard', async (stage) => {
  const home = await stage.instance({ name: 'Zuhause' });
  const [carol, dora] = [await home.addUser('carol'), await home.addUser('dora')];
  await share(carol, [await carol.upload('Ein sehr langer Name '.repeat(11) + '.jpg', jpeg({ seed: 3 }))], dora);
  const { page } = await stage.open(home, { as: carol, locale: 'de-DE', path: '#/shared', viewport: 'narrow' });
  await page.getByRole('link', { name: 'Von mir' }).focus();
  await page.keyboard.press('Enter');
  const section = sectionOf(page, dora);
  await section.getByText('geteilt').first().waitFor();
  await checkNoSidewaysScroll(page);
  await checkAccessibility(page);
  await shoot(page, 'shared-by-me-german');
  await page.getByRole('link', { name: 'Nach Datei' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('mit dora').waitFor();
  await checkNoSidewaysScroll(page);
  await page.getByRole('button', { name: /^Nicht mehr teilen: .*, mit dora$/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Du teilst nichts').waitFor();
  await page.getByText(/^dora kann Ein sehr langer Name .* nicht mehr öffnen\./).waitFor();
  await shoot(page, 'shared-by-me-german-toast');
  await page.getByRole('button', { name: 'Rückgängig' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Wird wieder geteilt.').waitFor();
  await page.getByText('mit dora').waitFor();
});
