// How one gets in: the password, the second factor, where one is logged in.
import assert from 'node:assert/strict';
import fs from 'node:fs';

import { checkAccessibility } from './lib/a11y.mjs';
import { appCode, card, openAccount } from './lib/account_page.mjs';
import { focusBecomes } from './lib/focus.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0';
const kNew = 'seven other words for a door';

function logIn(home, person, password, headers = {}) {
  const authorization = `Basic ${Buffer.from(`${person.email}:${password}`).toString('base64')}`;
  return home.request('POST', '/api/tokens', { headers: { authorization, ...headers } });
}

async function typeCode(page, secret) {
  await page.getByLabel('Code of the app').fill(appCode(secret));
  await page.getByRole('button', { name: 'Turn it on' }).click();
}

// Sets the second factor up, as far as the codes.
async function setUp(page, person) {
  await page.getByRole('button', { name: 'Set up the second factor' }).click();
  await page.getByRole('dialog').getByLabel('Current password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  return (await page.locator('.account-secret .fingerprint').innerText()).trim();
}

const codesIn = (dialog) => dialog.locator('.recovery-codes li').allInnerTexts();

story('a new password: what is wrong is said beside it; all others are logged out', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page, guard } = await openAccount(stage, home, alice, 'security');
  const password = card(page, 'Password');
  const change = password.getByRole('button', { name: 'Change the password' });
  await change.click();
  await password.getByText('Type your current password.').waitFor();
  await password.getByText('Still 12 characters too short.').waitFor();
  await focusBecomes(page, (one) => one?.getAttribute('autocomplete'), 'current-password');
  await password.getByLabel('Current password', { exact: true }).fill('not it, by far');
  await password.getByLabel('New password', { exact: true }).fill('not it, by far');
  await password.getByText('That is the password you have already.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-password-wrong');
  await password.getByLabel('New password', { exact: true }).fill(kNew);
  guard.allow('status', /^40[03] PATCH \/api\/users\/me$/);
  await change.click();
  await password.getByText('That is not your present password.').waitFor();
  await password.getByLabel('Current password', { exact: true }).fill(alice.password);
  await password.getByLabel('New password', { exact: true }).fill('passwordpassword');
  await change.click();
  await password.getByText('This password is among the most common ones').waitFor();
  assert.equal((await alice.request('GET', '/api/users/me')).status, 200);

  await password.getByLabel('New password', { exact: true }).fill(kNew);
  await page.keyboard.press('Enter');
  await page.getByText('Your password is changed.').waitFor();
  await until(async () => (await password.getByLabel('New password', { exact: true }).inputValue()) === '', 'an empty field');
  assert.equal((await alice.request('GET', '/api/users/me')).status, 401, 'the other log-in has ended');
  assert.equal((await logIn(home, alice, alice.password)).status, 401);
  assert.equal((await logIn(home, alice, kNew)).status, 201);
  await page.reload();
  await card(page, 'Where you are logged in').getByText('This browser').waitFor();
});

story('where one is logged in: one is ended, all others, all', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page: other, guard: others } = await stage.open(home, { as: alice, userAgent: FIREFOX });
  others.allow('status', /^401 /);
  const hostile = await logIn(home, alice, alice.password, { 'user-agent': `<img src=x onerror=alert(1)> ${'x'.repeat(300)}` });
  const { page } = await openAccount(stage, home, alice, 'security');
  const sessions = card(page, 'Where you are logged in');
  const rows = sessions.getByRole('listitem');
  await rows.filter({ hasText: 'This browser' }).getByText('Chrome on Linux').waitFor();
  assert.equal(await rows.filter({ hasText: 'This browser' }).getByRole('button').count(), 0);
  await rows.filter({ hasText: '<img src=x onerror=alert(1)>' }).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await checkAccessibility(page);
  await shoot(page, 'account-sessions', { fullPage: true });

  const elsewhere = rows.filter({ hasText: 'Firefox on Windows' });
  await elsewhere.getByText('127.0.0.1').waitFor();
  await elsewhere.getByRole('button', { name: /^Log out Firefox on Windows/ }).click();
  const question = page.getByRole('alertdialog');
  await question.getByText('Firefox on Windows has to log in again.').waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await elsewhere.getByRole('button', { name: /^Log out/ }).focus();
  await page.keyboard.press('Enter');
  await question.getByRole('button', { name: 'Log out' }).click();
  await elsewhere.waitFor({ state: 'detached' });
  await focusBecomes(page, (one) => one?.tagName, 'UL');
  await other.reload();
  await other.getByRole('heading', { level: 1, name: 'Log in to Home' }).waitFor();

  await sessions.getByRole('button', { name: 'Log out everywhere else' }).click();
  await question.getByRole('button', { name: 'Log out everywhere else' }).click();
  await rows.nth(1).waitFor({ state: 'detached' });
  const { token } = hostile.json();
  assert.equal((await home.request('GET', '/api/users/me', { headers: { authorization: `Bearer ${token}` } })).status, 401);
  assert.equal(await sessions.getByRole('button', { name: 'Log out everywhere else' }).count(), 0);

  assert.equal((await logIn(home, alice, alice.password)).status, 201);
  await sessions.getByRole('button', { name: 'Log out everywhere, here too' }).click();
  await question.getByRole('button', { name: 'Log out everywhere, here too' }).click();
  await page.getByRole('heading', { level: 1, name: 'Log in to Home' }).waitFor();
  assert.equal((await page.context().request.get(`${home.url}api/session`)).status(), 401);
});

story('the second factor is set up, needed, given new recovery codes, and turned off', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page, guard } = await openAccount(stage, home, alice, 'security');
  const factor = card(page, 'Second factor');
  await factor.getByText('Off', { exact: true }).waitFor();
  await shoot(page, 'account-security', { fullPage: true });
  const secret = await setUp(page, alice);
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByText('The code has 6 digits.').waitFor();
  guard.allow('status', /^401 POST \/api\/users\/me\/second-factor\/confirm$/);
  const wrong = String((Number(appCode(secret)) + 500_000) % 1_000_000).padStart(6, '0');
  await page.getByLabel('Code of the app').fill(wrong);
  let asked = 0;
  page.on('request', (request) => { if (request.url().endsWith('/confirm')) ++asked; });
  await page.keyboard.press('Enter');
  await page.getByText('That is not the code.').waitFor();
  assert.equal(asked, 1, 'a wrong code is sent once: tries are counted');
  await checkAccessibility(page);
  await shoot(page, 'account-factor-secret', { fullPage: true });

  await typeCode(page, secret);
  const dialog = page.getByRole('dialog', { name: 'Recovery codes' });
  await dialog.waitFor();
  const codes = await codesIn(dialog);
  assert.ok(codes.length >= 8 && new Set(codes).size === codes.length, String(codes));
  await checkAccessibility(page);
  await shoot(page, 'account-codes');
  // It stays until they are kept.
  await page.keyboard.press('Escape');
  await dialog.getByText('Keep the codes first').waitFor();
  const [saved] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save as a file' }).click()]);
  assert.equal(saved.suggestedFilename(), 'kith-recovery-codes.txt');
  const text = fs.readFileSync(await saved.path(), 'utf8');
  assert.match(text, new RegExp(`Recovery codes of ${alice.address} at Home`));
  for (const code of codes) assert.ok(text.includes(code), text);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await dialog.getByRole('button', { name: 'Print' }).isVisible(), false);
  assert.equal(await page.locator('.sidebar').isVisible(), false);
  assert.equal(await dialog.getByText(codes[0]).isVisible(), true);
  assert.equal(await page.getByRole('heading', { name: 'Where you are logged in' }).isVisible(), false);
  await page.emulateMedia({ media: 'screen' });
  await dialog.getByRole('checkbox', { name: 'I have kept them' }).check();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  await factor.getByText('On', { exact: true }).waitFor();
  await factor.getByText(`${codes.length} recovery codes are left.`).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-factor-on', { fullPage: true });

  // A script that logs in needs a code now; a recovery code is good once.
  assert.equal((await logIn(home, alice, alice.password)).status, 401);
  assert.equal((await logIn(home, alice, alice.password, { 'x-kith-code': codes[0] })).status, 201);
  assert.equal((await logIn(home, alice, alice.password, { 'x-kith-code': codes[0] })).status, 401);
  await page.reload();
  await factor.getByText(`${codes.length - 1} recovery codes are left.`).waitFor();

  await factor.getByRole('button', { name: 'New recovery codes' }).click();
  await page.getByRole('dialog').getByLabel('Current password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  const fresh = await codesIn(dialog);
  assert.equal(fresh.some((code) => codes.includes(code)), false);
  await dialog.getByRole('checkbox', { name: 'I have kept them' }).check();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await factor.getByText(`${fresh.length} recovery codes are left.`).waitFor();
  assert.equal((await logIn(home, alice, alice.password, { 'x-kith-code': codes[1] })).status, 401);

  await factor.getByRole('button', { name: 'Turn it off' }).click();
  const question = page.getByRole('dialog', { name: 'Turn the second factor off?' });
  await question.getByLabel('Current password', { exact: true }).fill('not it, by far');
  guard.allow('status', '403 DELETE /api/users/me/second-factor');
  await page.keyboard.press('Enter');
  await question.getByText('That is not your present password.').waitFor();
  await question.getByLabel('Current password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
  await factor.getByText('Off', { exact: true }).waitFor();
  assert.equal((await logIn(home, alice, alice.password)).status, 201);
});

story('setting up that is given up changes nothing', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page } = await openAccount(stage, home, alice, 'security');
  const secret = await setUp(page, alice);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await card(page, 'Second factor').getByText('Off', { exact: true }).waitFor();
  assert.equal((await logIn(home, alice, alice.password)).status, 201);
  assert.doesNotMatch(await page.locator('body').innerText(), new RegExp(secret));
});

story('too many wrong passwords: the page says that it has to wait, and nothing changes', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page, guard } = await openAccount(stage, home, alice, 'security');
  guard.allow('status', /^4(03|29) PATCH \/api\/users\/me$/);
  const password = card(page, 'Password');
  await password.getByLabel('New password', { exact: true }).fill(kNew);
  const throttled = password.getByText('Too many tries.');
  for (let tries = 0; tries < 40 && !(await throttled.isVisible()); ++tries) {
    await password.getByLabel('Current password', { exact: true }).fill(`wrong ${tries}`);
    const answered = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.keyboard.press('Enter');
    await answered;
    await password.getByRole('alert').first().waitFor();
  }
  await throttled.waitFor();
  await checkAccessibility(page);
  assert.equal((await alice.request('GET', '/api/users/me')).status, 200, 'nobody is logged out by it');
});
