// Sharing files with people: whom, for how long, what it lets them do, and taking it back.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { connect, pendingRequest } from './lib/people.mjs';
import { jpeg } from './lib/photos.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const dialogOf = (page) => page.getByRole('dialog', { name: /^Share / });
const personIn = (dialog, person) => dialog.getByRole('checkbox', { name: person.address });
const sharesOf = async (person) => (await person.get('/api/shares')).items;

// Selects the files by name and opens the dialog, as a person does.
async function openDialog(page, ...names) {
  for (const name of names) await page.getByRole('checkbox', { name: `Select ${name}` }).click();
  await page.locator('.selection-bar').getByRole('button', { name: 'Share', exact: true }).click();
  await dialogOf(page).waitFor();
  return dialogOf(page);
}

async function two(stage, options) {
  const [home, there] = [await stage.instance({ name: 'Home' }), await stage.instance({ name: 'There' })];
  const [alice, bob] = [await home.addUser('alice'), await there.addUser('bob')];
  await connect(alice, bob, options);
  return { home, there, alice, bob };
}

story('bob chooses alice in Files; her open page shows it without a reload; Undo takes it back', async (stage) => {
  const { home, there, alice, bob } = await two(stage);
  await bob.upload('hills.jpg', jpeg({ seed: 3 }));
  await bob.upload('lake.jpg', jpeg({ seed: 5 }));
  const { page: alices } = await stage.open(home, { as: alice, path: '#/shared' });
  await alices.getByText('bob is connected with you').waitFor();

  const { page } = await stage.open(there, { as: bob });
  const dialog = await openDialog(page, 'hills.jpg', 'lake.jpg');
  await dialog.getByText('Choose somebody to share with.').waitFor();
  await checkAccessibility(page);
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByRole('alert').filter({ hasText: 'Choose somebody to share with.' }).waitFor();
  await personIn(dialog, alice).check();
  await dialog.getByText('alice can look at and download these 2 photos, but can’t change or delete them.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'share-dialog');
  await dialog.getByRole('button', { name: 'Share with alice' }).click();
  await dialog.waitFor({ state: 'detached' });

  await alices.getByRole('button', { name: 'Open hills.jpg' }).waitFor();
  await alices.getByRole('button', { name: 'Open lake.jpg' }).waitFor();
  await page.getByText('Shared with alice.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Not shared any more.').waitFor();
  await alices.getByText('bob is connected with you').waitFor();
  assert.deepEqual(await sharesOf(bob), []);
});

story('for a day, a week, a month, until a date; what somebody has keeps its own end', async (stage) => {
  const { there, alice, bob } = await two(stage);
  const files = [await bob.upload('one.txt', '1'), await bob.upload('two.txt', '2'), await bob.upload('three.txt', '3')];
  const { page } = await stage.open(there, { as: bob });
  let dialog = await openDialog(page, 'one.txt');
  await dialog.getByLabel('For how long?').selectOption('1 week');
  await personIn(dialog, alice).check();
  await dialog.getByText(/download this file until .*, but can’t change or delete it\./).waitFor();
  const before = Date.now();
  await dialog.getByRole('button', { name: 'Share with alice' }).click();
  await dialog.waitFor({ state: 'detached' });
  const [week] = await sharesOf(bob);
  assert.ok(Math.abs(Date.parse(week.expires_at) - before - 7 * 86_400_000) < 60_000, week.expires_at);

  // She has one of two; that one stays as it is.
  await page.reload();
  dialog = await openDialog(page, 'one.txt', 'two.txt');
  await dialog.getByText('has 1 of 2 already').waitFor();
  await dialog.getByLabel('For how long?').selectOption('Until a date');
  await personIn(dialog, alice).check();
  await dialog.getByRole('button', { name: 'Share with alice' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'Choose a day that is not over yet.' }).waitFor();
  await dialog.getByLabel('Last day').fill('2001-01-01');
  await dialog.getByRole('alert').filter({ hasText: 'Choose a day that is not over yet.' }).waitFor();
  await checkAccessibility(page);
  await dialog.getByLabel('Last day').fill('2099-05-12');
  await dialog.getByText(/until 12 May 2099, 23:59/).waitFor();
  await shoot(page, 'share-dialog-date');
  await dialog.getByRole('button', { name: 'Share with alice' }).click();
  await dialog.waitFor({ state: 'detached' });
  const all = new Map((await sharesOf(bob)).map((share) => [share.asset_id, share]));
  assert.equal(all.get(files[0].id).expires_at, week.expires_at);
  assert.equal(all.get(files[1].id).expires_at, '2099-05-12T21:59:59.000Z');  // in Berlin

  // Undo takes back only what was new.
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Not shared any more.').waitFor();
  assert.deepEqual((await sharesOf(bob)).map(({ id }) => id), [week.id]);

  // She has all of it.
  await page.reload();
  dialog = await openDialog(page, 'one.txt');
  await dialog.getByText('has it already').waitFor();
  assert.equal(await personIn(dialog, alice).isDisabled(), true);
  await shoot(page, 'share-dialog-has-it');
});

story('who cannot receive is greyed with the reason; unverified people are marked; nobody connected', async (stage) => {
  const { home, there, alice, bob } = await two(stage, { verify: false });
  const third = await stage.instance({ name: 'Third' });
  const [eve, mallory] = [await third.addUser('eve'), await third.addUser('mallory')];
  await bob.post('/api/connections', { peer: eve.address, purpose: 'photos' });
  await pendingRequest(bob, eve);
  await mallory.post('/api/connections', { peer: bob.address, purpose: 'give me all' });
  await pendingRequest(mallory, bob);
  await bob.upload('hills.jpg', jpeg({ seed: 3 }));
  const { page } = await stage.open(there, { as: bob });
  const dialog = await openDialog(page, 'hills.jpg');
  await dialog.getByText('has not accepted your request yet').waitFor();
  await dialog.getByText('asks to connect with you').waitFor();
  assert.equal(await personIn(dialog, eve).isDisabled(), true);
  assert.equal(await personIn(dialog, mallory).isDisabled(), true);
  await dialog.getByText('Words not compared').waitFor();
  await personIn(dialog, alice).check();
  await dialog.getByText('You have not compared the six words with alice').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'share-dialog-people');
  await dialog.getByRole('link', { name: 'Compare them now' }).click();
  await page.getByRole('heading', { name: 'Compare six words' }).waitFor();

  // Somebody without any connection.
  const carol = await home.addUser('carol');
  await carol.upload('cat.jpg', jpeg({ seed: 7 }));
  const { page: carols } = await stage.open(home, { as: carol });
  const empty = await openDialog(carols, 'cat.jpg');
  await empty.getByText('You are not connected with anybody yet.').waitFor();
  await checkAccessibility(carols);
  await shoot(carols, 'share-dialog-nobody');
  await empty.getByRole('link', { name: 'Connect with somebody' }).click();
  await carols.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  await carols.getByRole('dialog').waitFor({ state: 'detached' });
});

story('somebody on the same server, by name', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const [alice, carol] = [await home.addUser('alice', { admin: true }), await home.addUser('carol')];
  await carol.upload('cat.jpg', jpeg({ seed: 7 }));
  const { page: alices } = await stage.open(home, { as: alice, path: '#/shared' });
  await alices.getByText('Nobody has shared anything with you').waitFor();
  const { page, guard } = await stage.open(home, { as: carol });
  guard.allow('status', /^404 GET \/api\/assets\?owner=nobody/);
  const dialog = await openDialog(page, 'cat.jpg');
  const field = dialog.getByLabel('Somebody on this server');
  const attempts = [
    ['nobody', 'Nobody on this server is called nobody.'],
    ['carol', 'That is you.'],
    [`Carol@${home.domain}`, 'That is you.'],
    ['two words', 'Nobody on this server is called twowords.'],
    ['a/b', 'That is no name.'],
    ['bob@b.example', 'You are not connected with bob@b.example.'],
  ];
  guard.allow('status', /^404 GET \/api\/assets\?owner=twowords/);
  for (const [typed, answer] of attempts) {
    await field.fill(typed);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('alert').filter({ hasText: answer }).waitFor();
  }
  await checkAccessibility(page);
  await shoot(page, 'share-dialog-local-wrong', { narrow: false });
  await field.fill('@Alice');
  await field.press('Enter');
  assert.equal(await personIn(dialog, alice).isChecked(), true);
  await dialog.getByRole('button', { name: 'Share with alice' }).click();
  await alices.getByRole('button', { name: 'Open cat.jpg' }).waitFor();
  await alices.getByText('On this server').waitFor();

  // Known from now on.
  await carol.upload('dog.jpg', jpeg({ seed: 8 }));
  await page.reload();
  const again = await openDialog(page, 'dog.jpg');
  await personIn(again, alice).waitFor();

  // An admin is offered names.
  await alice.upload('lake.jpg', jpeg({ seed: 5 }));
  await alices.goto(`${home.url}#/files`);
  const admins = await openDialog(alices, 'lake.jpg');
  const offered = () => admins.locator('datalist option').evaluateAll((options) => options.map(({ value }) => value));
  await until(async () => (await offered()).includes('carol'), 'carol among the suggestions');
  assert.equal((await offered()).includes('alice'), false);
});

story('who is chosen while a name is being looked up stays chosen', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const [alice, carol, dave] = [await home.addUser('alice'), await home.addUser('carol'), await home.addUser('dave')];
  const before = await carol.upload('before.txt', 'x');
  await carol.upload('plans.txt', 'x');
  await carol.share([before], dave);
  const { page } = await stage.open(home, { as: carol });
  const dialog = await openDialog(page, 'plans.txt');
  await personIn(dialog, dave).waitFor();
  let answer;
  await page.route(/api\/assets\?.*owner=alice/, (route) => { answer = () => route.continue(); });
  await dialog.getByLabel('Somebody on this server').fill('alice');
  await dialog.getByLabel('Somebody on this server').press('Enter');
  await until(() => answer, 'the name is looked up');
  await personIn(dialog, dave).check();
  await answer();
  await until(() => personIn(dialog, alice).isChecked(), 'alice is chosen');
  assert.equal(await personIn(dialog, dave).isChecked(), true);
});

story('it works with one and not with the other: both are told, and can be undone or tried again', async (stage) => {
  const { home, there, alice, bob } = await two(stage);
  const dora = await there.addUser('dora');
  await bob.upload('hills.jpg', jpeg({ seed: 3 }));
  const { page, guard } = await stage.open(there, { as: bob });
  guard.allow('status', '507 POST /api/shares');
  // The disk is full for dora's share, and only for that.
  await page.route('**/api/shares', async (route) => {
    if (route.request().method() !== 'POST' || !route.request().postData().includes('"dora@')) return route.continue();
    const problem = { status: 507, title: 'full', detail: 'no room', code: 'storage_full', request_id: '0'.repeat(26) };
    await route.fulfill({ status: 507, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  const dialog = await openDialog(page, 'hills.jpg');
  await personIn(dialog, alice).check();
  await dialog.getByLabel('Somebody on this server').fill('dora');
  await dialog.getByRole('button', { name: 'Add' }).click();
  assert.equal(await personIn(dialog, dora).isChecked(), true);
  await dialog.getByText('alice and dora can look at').waitFor();
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  const told = dialog.getByRole('alert').filter({ hasText: 'Not everything could be shared' });
  await told.getByText(`${dora.address}: The server’s disk is full.`).waitFor();
  await told.getByText('Shared with alice.').waitFor();
  assert.equal(await personIn(dialog, alice).isDisabled(), true);
  assert.equal(await personIn(dialog, dora).isChecked(), true);
  await checkAccessibility(page);
  await shoot(page, 'share-dialog-partly');

  await page.unroute('**/api/shares');
  await there.stop();
  guard.allow('failed', /POST \/api\/shares|GET /);
  guard.allow('status', /^(401|50\d) /);
  await dialog.getByRole('button', { name: 'Share with dora' }).click();
  await dialog.getByText(`${dora.address}: This server did not answer.`).waitFor();
  await there.start();
  await dialog.getByRole('button', { name: 'Share with dora' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Shared with alice and dora.').waitFor();
  assert.deepEqual((await sharesOf(bob)).map((share) => share.with).sort(), [alice.address, dora.address]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Not shared any more.').waitFor();
  assert.deepEqual(await sharesOf(bob), []);
});

story('whoever is down sees it later, which is said', async (stage) => {
  const { home, there, alice, bob } = await two(stage);
  await bob.upload('hills.jpg', jpeg({ seed: 3 }));
  await home.stop();
  await bob.request('GET', '/api/assets', { query: { owner: alice.address } });
  const { page } = await stage.open(there, { as: bob });
  const dialog = await openDialog(page, 'hills.jpg');
  await dialog.getByText(`${home.domain} has not answered since`).waitFor();
  await personIn(dialog, alice).check();
  await dialog.getByRole('button', { name: 'Share with alice' }).click();
  await page.getByText(`Shared with alice. alice sees it as soon as ${home.domain} answers.`).waitFor();
  await home.start();
  await until(async () => (await alice.get('/api/shared-with-me')).items.length === 1, 'the photo, once alice is back');
});

story('by keyboard alone, in German, with hostile names', async (stage) => {
  const { there, alice, bob } = await two(stage);
  const evil = '<img src=x onerror=alert(1)> \u202egpj.\u200b 👨‍👩‍👧.txt';
  await bob.upload(evil, 'x');
  const { page } = await stage.open(there, { as: bob, locale: 'de-DE' });
  const open = page.getByRole('button', { name: /^.*<img src=x onerror=alert\(1\)>.*öffnen/ });
  await open.focus();
  await page.keyboard.press('Space');
  await page.locator('.selection-bar').getByRole('button', { name: 'Teilen', exact: true }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /„<img src=x onerror=alert\(1\)> ⟨U\+202E⟩gpj\.⟨U\+200B⟩ 👨‍👩‍👧\.txt“ teilen/ });
  await dialog.waitFor();
  const focusIn = () => page.evaluate(() => document.activeElement?.closest('dialog') !== null);
  const tabTo = (locator) => until(async () => {
    if (await locator.evaluate((element) => element === document.activeElement)) return true;
    await page.keyboard.press('Tab');
    assert.ok(await focusIn(), 'the focus left the dialog');
    return false;
  }, 'the focus');
  await tabTo(dialog.getByRole('checkbox', { name: alice.address }));
  await page.keyboard.press('Space');
  await dialog.getByText('alice kann diese Datei ansehen und herunterladen, aber nicht ändern oder löschen.').waitFor();
  await tabTo(dialog.getByLabel('Wie lange?'));
  await page.keyboard.press('ArrowDown');
  await dialog.getByText(/alice kann diese Datei bis \d\d\.\d\d\.\d{4}, \d\d:\d\d ansehen/).waitFor();
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'share-dialog-german');
  await tabTo(dialog.getByRole('button', { name: 'Mit alice teilen' }));
  await page.keyboard.press('Enter');
  await page.getByText('Mit alice geteilt.').waitFor();
  await until(() => open.evaluate((element) => element.ownerDocument.activeElement !== element.ownerDocument.body), 'the focus');
  assert.equal((await sharesOf(bob)).length, 1);
});
