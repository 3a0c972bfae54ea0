// Getting in: the form, one-time links, the first start, invites.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { focusBecomes, focused } from './lib/focus.mjs';
import { shoot, checkNoSidewaysScroll } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

async function logIn(page, person, password = person.password) {
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

story('a wrong password is said so, the right one leads to the files', async (stage) => {
  const home = await stage.instance({ name: 'The Example family' });
  const alice = await home.addUser('alice', { admin: true });
  const { page, guard } = await stage.open(home);
  await heading(page, 'Log in to The Example family');
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'log-in');

  guard.allow('status', '401 POST /api/session');
  await logIn(page, alice, 'not the password');
  await page.getByRole('alert').filter({ hasText: 'E-mail address or password is wrong.' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'log-in-wrong', { narrow: false });

  await page.getByRole('button', { name: 'Show the password' }).click();
  assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('type'), 'text');
  await logIn(page, alice);
  await heading(page, 'Files');
  assert.equal(await page.evaluate(() => document.cookie), '', 'scripts must not see the cookie');

  // A reload stays logged in; logging out does not.
  await page.reload();
  await heading(page, 'Files');
  await page.getByRole('button', { name: 'Account and settings' }).click();
  guard.allow('status', /^401 GET /); // what was being read when the log-in ended
  await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
  await heading(page, 'Log in to The Example family');
  await page.getByText('You are logged out').waitFor();
  await page.reload();
  await heading(page, 'Log in to The Example family');
});

story('too many wrong passwords: it says when to try again', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { page, guard } = await stage.open(home);
  guard.allow('status', '401 POST /api/session');
  guard.allow('status', '429 POST /api/session');
  const throttled = page.locator('.notice .title').filter({ hasText: 'Too many tries. It can be tried again in' });
  for (let tries = 0; tries < 40 && !(await throttled.isVisible()); ++tries) {
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await logIn(page, alice, `wrong ${tries}`);
    await answered;
    await page.getByRole('alert').waitFor();
  }
  await throttled.waitFor();
});

story('a one-time link is asked about first, works once, and stays in no history', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice', { admin: true });
  const link = await home.logInLink(alice.email);
  const { page } = await stage.open(home, { path: null });
  await page.goto(link);
  await heading(page, 'Log in with this link');
  assert.ok(!page.url().includes('token'), page.url());
  await checkAccessibility(page);
  await shoot(page, 'log-in-link', { narrow: false });
  await page.getByRole('button', { name: 'Log in' }).click();
  await heading(page, 'Files');
  await page.getByText(`Logged in as ${alice.address}.`).waitFor();

  // Somebody else with the same link.
  const { page: second, guard } = await stage.open(home, { path: null });
  guard.allow('status', '401 POST /api/session');
  await second.goto(link);
  await second.getByRole('button', { name: 'Log in' }).click();
  await second.getByRole('alert').filter({ hasText: 'This link was used already' }).waitFor();
  await heading(second, 'Log in to Home');
});

story('a link opened by somebody who is logged in says whose page it is now', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const bob = await home.addUser('bob');
  const { page } = await stage.open(home, { as: alice, path: null });
  await page.goto(await home.logInLink(bob.email));
  await page.getByText(`You are logged in as ${alice.address} now.`).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await heading(page, 'Files');
  await page.getByText(alice.address).waitFor();
});

story('the first start: account, name, address, reachability', async (stage) => {
  const home = await stage.instance({ settings: { instance: { domain: null, name: null } } });
  const line = await until(() => home.log.find((one) => one.includes('/#/set-up?token=')), 'a set-up link in the log');
  const link = /https?:\/\/\S+#\/set-up\?token=[\w-]+/.exec(line)[0];

  const { page: stranger } = await stage.open(home);
  await stranger.getByText('This server has no admin yet').waitFor();
  await checkAccessibility(stranger);
  await shoot(stranger, 'no-admin', { narrow: false });

  const { page, guard } = await stage.open(home, { path: null });
  await page.goto(link);
  await heading(page, 'Welcome');
  assert.ok(!page.url().includes('token'), page.url());
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByText('That is not an e-mail address.').waitFor();
  await page.getByText('Still 12 characters too short.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'first-start-account');

  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill('<img src=x onerror=alert(1)>');
  await page.getByLabel('E-mail address').fill('Ada.L@mail.example');
  assert.equal(await page.getByLabel('Short name').inputValue(), 'ada.l');
  await page.getByLabel('Short name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill('four words make one');
  await page.getByRole('button', { name: 'Make the account' }).click();

  await page.getByRole('heading', { name: 'Name this server' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'first-start-name', { narrow: false });
  await page.getByLabel('Name', { exact: true }).fill('Ada’s attic');
  await page.getByLabel('Public address').fill(`127.0.0.1:${home.publicPort}`);
  guard.allow('failed'); // the daemon starts anew under its address
  await page.getByRole('button', { name: 'Save and go on' }).click();

  await page.getByRole('heading', { name: 'Can others reach it?' }).waitFor();
  await page.getByText('Can’t tell yet').waitFor();
  await page.getByText(`Is port ${home.publicPort} forwarded`).waitFor();
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'first-start-reach');
  await page.getByRole('button', { name: 'Start' }).click();
  await heading(page, 'Files');
  await page.getByText('Ada’s attic').first().waitFor();
  await page.getByText(`ada@127.0.0.1:${home.publicPort}`).waitFor();

  // The link makes no second admin.
  const { page: late, guard: lateGuard } = await stage.open(home, { path: null });
  lateGuard.allow('status', '401 POST /api/set-up');
  await late.goto(link);
  await late.getByLabel('E-mail address').fill('eve@mail.example');
  await late.getByLabel('Password', { exact: true }).fill('another four words');
  await late.getByRole('button', { name: 'Make the account' }).click();
  await late.getByText('This link was used already').waitFor();
}, { seconds: 180 });

story('this server: an admin renames it, a user does not see it', async (stage) => {
  const home = await stage.instance({ settings: { instance: { name: null } } });
  const alice = await home.addUser('alice', { admin: true });
  const bob = await home.addUser('bob');
  const { page } = await stage.open(home, { as: alice, path: '#/server' });
  await heading(page, 'This server');
  await page.getByText('The configuration file names it (instance.domain).').waitFor();
  const { fingerprint } = await alice.get('/api/instance');
  assert.equal((await page.locator('.fingerprint').innerText()).trim(), fingerprint);
  await page.getByLabel('Name', { exact: true }).fill('A new name');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.locator('.brand').getByText('A new name').waitFor();
  // What changes elsewhere is in the field, not written over by what the page had read before.
  await alice.ok('PATCH', '/api/instance', { body: { name: 'Named elsewhere' } });
  await until(async () => (await page.getByLabel('Name', { exact: true }).inputValue()) === 'Named elsewhere', 'the other name');
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'server', { fullPage: true });

  const { page: other } = await stage.open(home, { as: bob, path: '#/server' });
  await heading(other, 'Files');
  await other.getByRole('button', { name: 'Account and settings' }).click();
  assert.equal(await other.getByRole('menuitem', { name: 'This server' }).count(), 0);
});

story('the daemon is down: the page says so and goes on when it is back', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page, guard } = await stage.open(home, { as: alice });
  await heading(page, 'Files');
  guard.allow('failed');
  guard.allow('status', /^401 GET/);
  await home.stop();
  await page.getByText('No connection to this server.').waitFor();
  await home.start();
  await page.getByText('No connection to this server.').waitFor({ state: 'detached', timeout: 40_000 });
  await heading(page, 'Files');
});

story('German, by the browser or by hand; dark and light by hand', async (stage) => {
  const home = await stage.instance({ name: 'Zuhause' });
  const alice = await home.addUser('alice');
  const { page } = await stage.open(home, { locale: 'de-DE' });
  await heading(page, 'Bei Zuhause anmelden');
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  await checkAccessibility(page);
  await shoot(page, 'log-in-german', { narrow: false });
  await page.getByRole('button', { name: 'English' }).click();
  await heading(page, 'Log in to Zuhause');
  await logIn(page, alice);
  await heading(page, 'Files');

  await page.getByRole('button', { name: 'Account and settings' }).click();
  await shoot(page, 'account-menu', { narrow: false });
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await heading(page, 'Dateien');
  await page.reload();
  await heading(page, 'Dateien');
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
});

story('the account menu by keyboard alone', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { page, guard } = await stage.open(home, { as: alice });
  guard.allow('status', /^401 GET /); // what was being read when the log-in ended
  await heading(page, 'Files');
  const button = page.getByRole('button', { name: 'Account and settings' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await focusBecomes(page, (one) => one?.textContent, 'Deutsch');
  await page.keyboard.press('Escape');
  await focused(button);
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /Log in to/ }).waitFor();
});

story('an invite link says who invites and leads to one’s own page', async (stage) => {
  const theirs = await stage.instance({ name: 'Bob’s' });
  const bob = await theirs.addUser('bob');
  const mine = await stage.instance({ name: 'Alice’s' });
  const alice = await mine.addUser('alice');
  const { link } = await bob.post('/api/invites', {});

  const { page } = await stage.open(mine, { as: alice, path: null, origins: [theirs.url] });
  await page.goto(link);
  await page.getByText(`${bob.address} invites you to connect`).waitFor();
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'invite');
  await page.getByLabel('Address of your kith').fill('not an address');
  await page.getByRole('button', { name: 'Open my kith' }).click();
  await page.getByText('That is not an address of a web page.').waitFor();
  await page.getByLabel('Address of your kith').fill(mine.url);
  await page.getByRole('button', { name: 'Open my kith' }).click();
  await heading(page, 'People');
  assert.ok(!page.url().includes('kith1'), 'the invite stays in no history');

  const { page: broken } = await stage.open(theirs, { path: `invite${new URL(link).hash.slice(0, -9)}` });
  await broken.getByText('This link is not whole.').waitFor();
});

story('behind a proxy, under a path of its own', async (stage) => {
  const home = await stage.instanceBehindProxy({ prefix: '/kith/', name: 'Home' });
  const alice = await home.addUser('alice');
  const { page } = await stage.open(home);
  await logIn(page, alice);
  await heading(page, 'Files');
  const cookies = await page.context().cookies(home.url);
  assert.deepEqual(cookies.map((one) => one.path), ['/kith']);
  await page.reload();
  await heading(page, 'Files');
});

story('many tabs hear of changes over one connection, also when the tab that listens is closed', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { context, page: first } = await stage.open(home, { as: alice });
  await heading(first, 'Files');
  const tabs = [];
  for (let count = 0; count < 7; ++count) {
    const tab = await context.newPage();
    await tab.goto(home.url);
    await heading(tab, 'Files');
    tabs.push(tab);
  }
  // What one tab changes about the log-in, or another program about the files, all of them show.
  await alice.upload('first.txt', 'one');
  for (const tab of [first, ...tabs]) await tab.getByText('first.txt').first().waitFor();
  await first.close();
  await alice.upload('second.txt', 'two');
  for (const tab of tabs) await tab.getByText('second.txt').first().waitFor();
});

story('the log-in is renewed while the page is open, and other tabs go on with it', async (stage) => {
  const home = await stage.instance({ settings: { instance: { name: null } } });
  const alice = await home.addUser('alice', { admin: true });
  const { context, page, guard } = await stage.open(home, { as: alice, path: null });
  const other = await context.newPage();
  await other.goto(`${home.url}#/server`);
  await heading(other, 'This server');
  const before = await context.cookies(home.url);

  await page.clock.install();
  await page.goto(home.url);
  await heading(page, 'Files');
  const renewed = page.waitForResponse((response) => response.url().endsWith('api/session/renew'));
  await page.clock.fastForward('01:20:00');
  assert.equal((await renewed).status(), 201);
  const after = await context.cookies(home.url);
  assert.equal(after.length, 1);
  assert.notEqual(after[0].value, before[0].value);

  // The other tab still holds the CSRF token of the log-in before.
  guard.allow('status', '403 PATCH /api/instance');
  await other.getByLabel('Name', { exact: true }).fill('Still at home');
  await other.getByRole('button', { name: 'Save' }).click();
  await other.locator('.brand').getByText('Still at home').waitFor();
});

story('a link pasted into the address of an open page works as well', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const bob = await home.addUser('bob');
  const { page } = await stage.open(home, { as: alice });
  await heading(page, 'Files');
  const link = await home.logInLink(bob.email);
  await page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);
  await heading(page, 'Log in with this link');
  assert.ok(!page.url().includes('token'), page.url());
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText(`Logged in as ${bob.address}.`).waitFor();
});

story('over plain HTTP from another machine, where browsers offer less', async (stage) => {
  const home = await stage.instance({ settings: { web: { allowed_hosts: ['home.example'] } } });
  const alice = await home.addUser('alice');
  const url = `http://home.example:${home.localPort}/`;
  const { page, context, guard } = await stage.open(url);
  guard.allow('console', /Cross-Origin-Opener-Policy header has been ignored/); // that is for secure pages only
  await heading(page, /Log in to/);
  assert.equal(await page.evaluate(() => isSecureContext || 'locks' in navigator), false);
  await logIn(page, alice);
  await heading(page, 'Files');
  const second = await context.newPage();
  await second.goto(url);
  await heading(second, 'Files');
  await alice.upload('from elsewhere.txt', 'x');
  for (const tab of [page, second]) await tab.getByText('from elsewhere.txt').first().waitFor();

  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Copy', exact: true }).first().click();
  await page.getByText('Copied').first().waitFor();
  assert.equal(await page.getByText('Tell me about requests').count(), 0, 'notifications need HTTPS');
});
