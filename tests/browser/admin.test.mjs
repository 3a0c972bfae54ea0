// Administration: accounts, invites to register, the audit log, what needs a look.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { appCode } from './lib/account_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';
const HOSTILE_SHOWN = '<img src=x onerror=alert(1)>⟨U+202E⟩';

async function openAdmin(stage, home, admin, part = '', options = {}) {
  const window = await stage.open(home, { as: admin, path: `#/admin${part && `/${part}`}`, ...options });
  await window.page.locator('main h1').waitFor();
  return window;
}

const rowOf = (page, text) => page.getByRole('listitem').filter({ hasText: text });

async function manage(page, text) {
  await rowOf(page, text).getByRole('button', { name: /^Manage/ }).click();
  return page.getByRole('dialog');
}

const listed = async (admin, id) => (await admin.get('/api/admin/users')).items.find((user) => user.id === id);

story('an admin changes what somebody may: room, rights, suspended or not', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const bob = await home.addUser('bob');
  await bob.ok('PATCH', '/api/users/me', { body: { first_name: HOSTILE, last_name: 'x'.repeat(90) } });
  await bob.upload('of-bob.txt', 'x'.repeat(2000));
  const { page } = await stage.open(home, { as: ada });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('heading', { level: 1, name: 'Administration' }).waitFor();
  await rowOf(page, HOSTILE_SHOWN).getByText(/2 kB of .* used · last seen/).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'admin-users');

  const dialog = await manage(page, HOSTILE_SHOWN);
  await dialog.getByLabel('Storage in GB').fill('a lot');
  await dialog.getByText('That is not a size.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-user');
  await dialog.getByLabel('Storage in GB').fill('0,5');
  await dialog.getByLabel('May').selectOption({ label: 'Admin' });
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('is changed.').waitFor();
  const changed = await listed(ada, bob.id);
  assert.deepEqual([changed.quota_bytes, changed.permission], [500_000_000, 'admin']);
  assert.equal((await bob.request('GET', '/api/users/me')).status, 401, 'new rights, new log-in');

  await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await listed(ada, bob.id)).state, 'active');
  await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
  await question.getByRole('button', { name: 'Suspend' }).click();
  await dialog.getByRole('button', { name: 'Let in again' }).waitFor();
  assert.equal((await listed(ada, bob.id)).state, 'suspended');
  await page.keyboard.press('Escape');
  await rowOf(page, HOSTILE_SHOWN).getByText('Suspended').waitFor();
  await shoot(page, 'admin-users-suspended', { narrow: false });
  await manage(page, HOSTILE_SHOWN);
  await dialog.getByRole('button', { name: 'Let in again' }).click();
  await dialog.getByRole('button', { name: 'Suspend', exact: true }).waitFor();
  assert.equal((await listed(ada, bob.id)).state, 'active');
});

story('the last admin stays one, and the page says why', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const { page, guard } = await openAdmin(stage, home, ada);
  guard.allow('status', /^409 (PATCH|DELETE) \/api\/admin\/users\//);
  const dialog = await manage(page, 'ada@mail.example');
  await dialog.getByLabel('May').selectOption({ label: 'Use this server' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('That is the last admin here').waitFor();
  await shoot(page, 'admin-last');
  await dialog.getByRole('button', { name: 'Delete …' }).click();
  await dialog.getByLabel('Type the short name').fill('ada');
  await page.keyboard.press('Enter');
  await dialog.getByText('That is the last admin here').waitFor();
  assert.deepEqual([(await listed(ada, ada.id)).permission, (await listed(ada, ada.id)).state], ['admin', 'active']);
});

story('a log-in link, the second factor of somebody who lost it, and the end of an account', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const bob = await home.addUser('bob');
  const { secret } = await bob.post('/api/users/me/second-factor', { current_password: bob.password });
  await bob.post('/api/users/me/second-factor/confirm', { code: appCode(secret) });
  const { page } = await openAdmin(stage, home, ada);
  await rowOf(page, 'bob@').getByText('Second factor').waitFor();
  const dialog = await manage(page, 'bob@');
  await dialog.getByRole('button', { name: 'Reset the second factor' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByText('Make sure that it is them who ask.').waitFor();
  await question.getByRole('button', { name: 'Reset the second factor' }).click();
  await page.getByText('logs in with the password only.').waitFor();
  assert.equal((await listed(ada, bob.id)).second_factor, false);

  await dialog.getByRole('button', { name: 'Make a log-in link' }).click();
  const link = await dialog.locator('.command').innerText();
  await checkAccessibility(page);
  await shoot(page, 'admin-link');
  const { page: bobs } = await stage.open(home, { path: null });
  await bobs.goto(link);
  await bobs.getByRole('button', { name: 'Log in' }).click();
  await bobs.getByText(`Logged in as ${bob.address}.`).waitFor();
  await bobs.close();

  await dialog.getByRole('button', { name: 'Delete …' }).click();
  await dialog.getByLabel('Type the short name: bob').fill('ada');
  await page.keyboard.press('Enter');
  await dialog.getByText('That is not the short name.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-delete');
  assert.equal((await listed(ada, bob.id)).state, 'active');
  await dialog.getByLabel('Type the short name: bob').fill('bob');
  await page.keyboard.press('Enter');
  await page.getByText('The account of bob is deleted.').waitFor();
  await rowOf(page, 'bob@').waitFor({ state: 'detached' });
  await focusBecomes(page, (one) => one?.tagName, 'UL');
  assert.equal(await listed(ada, bob.id), undefined);
});

story('an invite to register is made, shown once, and taken back', async (stage) => {
  const home = await stage.instance({ name: 'Home', settings: { accounts: { registration: 'invite', argon2_passes: 1, argon2_memory_mib: 8 } } });
  const ada = await home.addUser('ada', { admin: true });
  const { page } = await openAdmin(stage, home, ada, 'invites');
  await page.getByText('No open invites').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-invites-none');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('For whom').fill(HOSTILE);
  await page.keyboard.press('Enter');
  await dialog.getByText('Send this link').waitFor();
  assert.match(await dialog.locator('.command').innerText(), new RegExp(`^${home.url}#/register\\?invite=[\\w-]{43}$`));
  await checkAccessibility(page);
  await shoot(page, 'admin-invite-made');
  await dialog.getByRole('button', { name: 'Done' }).click();
  const row = rowOf(page, HOSTILE_SHOWN);
  await row.waitFor();
  assert.doesNotMatch(await page.locator('body').innerHTML(), /invite=/);
  await shoot(page, 'admin-invites');
  await row.getByRole('button', { name: /^Take back/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Take it back' }).click();
  await page.getByText('No open invites').waitFor();
  assert.deepEqual((await ada.get('/api/admin/registration-invites')).items, []);
});

story('the audit log: newest first, more as one scrolls, filtered', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const bob = await home.addUser('bob');
  for (let count = 0; count < 130; ++count) await ada.post('/api/admin/secrets/rotate', undefined);
  await bob.ok('PATCH', '/api/users/me', { body: { first_name: 'Bob' } });
  const { page } = await openAdmin(stage, home, ada, 'log');
  const log = page.getByRole('list', { name: 'Audit log' });
  await log.getByText('Logged in').first().waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-log');
  // Only what is seen is in the document; the first account made is at the very end.
  assert.ok(await log.getByRole('listitem').count() < 60);
  await until(async () => {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    return log.getByText('Account added').first().isVisible();
  }, 'the first entry');

  await page.getByLabel('What', { exact: true }).selectOption({ label: 'Secret renewed' });
  await log.getByText('Logged in').first().waitFor({ state: 'detached' });
  await log.getByText('Secret renewed').first().waitFor();
  await page.getByLabel('What', { exact: true }).selectOption({ label: 'All' });
  await page.getByLabel('By whom', { exact: true }).selectOption({ label: 'bob' });
  await log.getByText('Secret renewed').first().waitFor({ state: 'detached' });
  await log.getByText('Logged in').first().waitFor();
  await page.getByLabel('Until').fill('2001-01-01');
  await page.getByText('Nothing like that happened').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await log.getByText('Secret renewed').first().waitFor();
});

story('what needs a look: alerts, mails that nobody gets, a new secret', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const { page } = await openAdmin(stage, home, ada, 'health');
  await page.getByText('Mails are only written to files').waitFor();
  await page.getByText('Nothing alarming happened').waitFor();
  await page.getByRole('button', { name: 'Renew the secret' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Renew the secret' }).click();
  await page.getByText('The secret is renewed.').waitFor();
  // Somebody tries a log-in that was never made here.
  const forged = `${ada.token.slice(0, -2)}${ada.token.endsWith('AA') ? 'BB' : 'AA'}`;
  assert.equal((await home.request('GET', '/api/users/me', { headers: { authorization: `Bearer ${forged}` } })).status, 401);
  await until(async () => (await ada.get('/api/admin/alerts')).items.length > 0, 'an alert');
  await page.reload();
  await page.getByText('A forged log-in was shown').waitFor();
  await page.getByText(/once, at .* just now/).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-health');
  assert.equal((await ada.request('GET', '/api/users/me')).status, 200, 'nobody is logged out');
});

story('who is no admin sees nothing of it; in German it fits', async (stage) => {
  const home = await stage.instance({ name: 'Zuhause' });
  const ada = await home.addUser('ada', { admin: true });
  const bob = await home.addUser('bob');
  const { page: bobs } = await stage.open(home, { as: bob, path: '#/admin' });
  await bobs.getByRole('heading', { level: 1, name: 'Files' }).waitFor();
  assert.equal(await bobs.getByText('Administration').count(), 0);
  const { page } = await openAdmin(stage, home, ada, '', { locale: 'de-DE', viewport: 'narrow' });
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  for (const [part, heading] of [['Konten', 'Konten'], ['Einladungen', 'Einladungen zur Registrierung'], ['Protokoll', 'Protokoll'], ['Zustand', 'Warnungen']]) {
    await page.getByRole('navigation', { name: 'Teile der Verwaltung' }).getByRole('link', { name: part }).click();
    await page.getByRole('heading', { level: 2, name: heading }).waitFor();
    await checkNoSidewaysScroll(page);
    await checkAccessibility(page);
  }
});

story('the server is away: each part says so, and goes on when it is asked again', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const { page, guard } = await openAdmin(stage, home, ada);
  const dialog = await manage(page, 'ada@mail.example');
  await home.stop();
  guard.allow('failed');
  guard.allow('console');
  await dialog.getByLabel('Storage in GB').fill('1');
  await page.keyboard.press('Enter');
  await dialog.getByText('This server did not answer.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Audit log' }).click();
  const log = page.getByRole('region', { name: 'Audit log' });
  await log.getByText('This server did not answer.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'admin-offline');
  await home.start();
  await log.getByRole('button', { name: 'Try again' }).click();
  await log.getByRole('list').getByText('Logged in').first().waitFor();
  assert.ok((await listed(ada, ada.id)).quota_bytes > 1e9, 'what was not answered was not done');
});
