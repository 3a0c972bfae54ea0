// Making an account: the form, the check against machines, the mail, the link in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { checkAccessibility } from './lib/a11y.mjs';
import { focused } from './lib/focus.mjs';
import { linkTo, mailTo, mailsTo } from './lib/outbox.mjs';
import { Person } from './lib/people.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const PASSWORD = 'four words make one';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const checked = (page) => page.getByText('The check against automatic sign-ups is passed.').waitFor();
const make = (page) => page.getByRole('button', { name: 'Make the account' }).click();

async function homeWithAdmin(stage, { accounts = {}, ...options } = {}) {
  const settings = { accounts: { argon2_passes: 1, argon2_memory_mib: 8, challenge_difficulty: 2000, ...accounts } };
  const home = await stage.instance({ name: 'Home', settings, ...options });
  const admin = await home.addUser('alice', { admin: true });
  return { home, admin };
}

async function fill(page, email, password = PASSWORD) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
}

async function register(page, email) {
  await fill(page, email);
  await make(page);
  await page.getByRole('heading', { name: /Look into your mail|One more step/ }).waitFor();
}

async function openInvite(stage, home, invite) {
  const window = await stage.open(home, { path: null });
  await window.page.goto(invite);
  await heading(window.page, /Make an account/);
  assert.ok(!window.page.url().includes('invite'), window.page.url());
  return window;
}

story('from the log-in to an account: the form, the mail, its link, the files', async (stage) => {
  const { home } = await homeWithAdmin(stage);
  const { page, guard } = await stage.open(home);
  await page.getByRole('link', { name: 'Make an account' }).click();
  await heading(page, 'Make an account at Home');
  await focused(page.getByLabel('First name'));
  await checked(page);
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'register', { fullPage: true });

  await page.getByLabel('First name').fill('<img src=x onerror=alert(1)>');
  await page.getByLabel('Last name').fill('\u202etxt.exe 🦊');
  await fill(page, 'Ada.L+kith@mail.example', 'four wo');
  await page.getByText('7 of 12 characters').waitFor();
  assert.equal(await page.getByLabel('Short name').inputValue(), 'ada.l');
  await page.getByText(`ada.l@${home.domain}, or with a number`).waitFor();
  await shoot(page, 'register-short-password', { narrow: false });
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.locator('.password-length.enough').waitFor();
  await page.getByText('Organisation', { exact: true }).click();
  await page.getByLabel('Organisation (optional)').fill('x'.repeat(100));
  await make(page);

  await page.getByRole('heading', { name: 'One more step' }).waitFor();
  await page.getByText('Ada.L+kith@mail.example').waitFor();
  await page.getByText('This server can’t send mail itself').waitFor();
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'register-sent', { fullPage: true });
  assert.ok(!(await page.content()).includes(PASSWORD), 'the password is gone from the page');

  // Not before the address is proven.
  guard.allow('status', '401 POST /api/session');
  await page.getByRole('link', { name: 'Back to log in' }).click();
  await fill(page, 'Ada.L+kith@mail.example');
  await page.keyboard.press('Enter');
  await page.getByText('E-mail address or password is wrong').waitFor();
  await page.getByText('open the link in our mail first').waitFor();

  const link = await linkTo(home, 'Ada.L+kith@mail.example');
  await page.goto(link);
  await heading(page, 'Is this your e-mail address?');
  assert.ok(!page.url().includes('token'), page.url());
  await checkAccessibility(page);
  await shoot(page, 'verify');
  assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])), JSON.stringify([{}, {}, null]));
  await page.getByRole('button', { name: 'Yes, it is mine' }).click();
  await page.getByRole('heading', { name: 'The address is confirmed' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'verify-done', { narrow: false });
  await page.getByRole('button', { name: 'Log in' }).click();
  await fill(page, 'ada.l+kith@mail.example');
  await page.keyboard.press('Enter');
  await heading(page, 'Files');
  await page.getByText(`ada.l@${home.domain}`).waitFor();
  await page.goBack();
  assert.ok(!page.url().includes('token'), 'the link stays in no history');
});

story('a link that was used, and one that had run out', async (stage) => {
  const { home } = await homeWithAdmin(stage);
  const { page, guard } = await stage.open(home, { path: '#/register' });
  await register(page, 'bob@mail.example');
  const confirm = page.getByRole('button', { name: 'Yes, it is mine' });

  await home.stop();
  const age = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("UPDATE registrations SET expires_at = 1000"); c.commit(); c.close()';
  execFileSync('/usr/bin/python3', ['-c', age, path.join(home.directory, 'data', 'kith.db')]);
  await home.start();
  guard.allow('status', '410 POST /api/users/verify-email');
  await page.goto(await linkTo(home, 'bob@mail.example'));
  await confirm.click();
  await page.getByRole('heading', { name: 'This link was too old' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'verify-run-out', { narrow: false });

  const fresh = await linkTo(home, 'bob@mail.example', 2);
  await page.goto(fresh);
  await confirm.click();
  await page.getByRole('heading', { name: 'The address is confirmed' }).waitFor();

  const { page: again, guard: againGuard } = await stage.open(home, { path: null });
  againGuard.allow('status', '401 POST /api/users/verify-email');
  await again.goto(fresh);
  await again.getByRole('button', { name: 'Yes, it is mine' }).click();
  await again.getByRole('heading', { name: 'This link does not work' }).waitFor();
  await checkAccessibility(again);
  await shoot(again, 'verify-spent', { narrow: false });
  await again.getByRole('link', { name: 'Register again' }).click();
  await heading(again, 'Make an account at Home');
});

story('what is wrong is said at its field; all of it can be done by keyboard', async (stage) => {
  const { home } = await homeWithAdmin(stage);
  const { page, guard } = await stage.open(home, { path: '#/register' });
  guard.allow('status', '400 POST /api/users');
  guard.allow('status', '409 POST /api/users');
  await checked(page);
  const focusOn = (label) => focused(page.getByLabel(label, { exact: true }));
  await page.keyboard.press('Enter');
  await page.getByText('That is not an e-mail address.').waitFor();
  await page.getByText('Still 12 characters too short.').waitFor();
  await focusOn('E-mail address');
  await checkAccessibility(page);
  await shoot(page, 'register-mistakes', { fullPage: true });

  await page.getByLabel('First name').fill('🦊'.repeat(51));
  await page.getByLabel('First name').press('Enter');
  await page.getByText('That is too long for this server.').waitFor();
  await focusOn('First name');
  await page.getByLabel('First name').fill('🦊'.repeat(50));
  await page.getByLabel('E-mail address').focus();
  await page.keyboard.type('carol@mail.example');
  await page.keyboard.press('Tab');
  await page.keyboard.type('password1234');
  await page.keyboard.press('Enter');
  await page.getByText('This password is among the most common ones').waitFor();
  await focusOn('Password');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');  // past the eye
  await page.keyboard.press('Control+A');
  await page.keyboard.type('a b');
  await page.keyboard.press('Enter');
  await page.getByText('3 to 32 of a–z').waitFor();
  await focusOn('Short name (optional)');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Alice');
  await page.keyboard.press('Enter');
  await page.getByText('Somebody has this short name already.').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('caroline');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'One more step' }).waitFor();
  await mailTo(home, 'carol@mail.example');
});

story('an address that is taken looks like any other; its owner is told', async (stage) => {
  const { home, admin } = await homeWithAdmin(stage);
  const { page } = await stage.open(home, { path: '#/register' });
  await register(page, 'new@mail.example');
  const words = async (email) => (await page.locator('.outcome').innerText()).replace(email, '…');
  const fresh = await words('new@mail.example');
  await page.getByRole('button', { name: 'Register again' }).click();
  assert.equal(await page.getByLabel('E-mail address').inputValue(), 'new@mail.example');
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
  await register(page, admin.email);
  assert.equal(await words(admin.email), fresh);
  const { text } = await mailTo(home, admin.email);
  assert.ok(!text.includes('verify-email'), text);
  assert.equal(mailsTo(home, 'new@mail.example').length, 1);
});

story('the check goes on while one types and freezes nothing; leaving ends it', async (stage) => {
  const { home } = await homeWithAdmin(stage);
  const { page } = await stage.open(home, { path: null });
  const endless = { algorithm: 'SHA-256', challenge: 'f'.repeat(64), maxnumber: 50_000_000, salt: 'none?expires=4000000000', signature: 'f'.repeat(64) };
  await page.route('**/api/challenge', (route) => route.fulfill({ json: endless }));
  await page.goto(`${home.url}#/register`);
  const bar = page.getByRole('progressbar', { name: 'Check against automatic sign-ups' });
  await until(async () => Number(await bar.locator('span').evaluate((one) => parseFloat(one.style.inlineSize))) >= 1, 'progress', 90);
  const longest = await page.evaluate(async () => {
    let [before, most] = [performance.now(), 0];
    for (let frame = 0; frame < 30; ++frame) {
      const now = await new Promise((drawn) => requestAnimationFrame(drawn));
      [before, most] = [now, Math.max(most, now - before)];
    }
    return most;
  });
  assert.ok(longest < 400, `nothing was drawn for ${longest} ms`);
  await fill(page, 'dora@mail.example');
  await checkAccessibility(page);
  await shoot(page, 'register-working', { fullPage: true });
  await make(page);
  await page.getByText('One moment: your browser finishes a small sum').waitFor();
  await page.getByRole('link', { name: 'Back to log in' }).click();
  await heading(page, 'Log in to Home');
  assert.equal(mailsTo(home, 'dora@mail.example').length, 0);
}, { seconds: 180 });

story('who takes longer than the check lasts is checked again, without noticing', async (stage) => {
  const { home } = await homeWithAdmin(stage);
  const { page } = await stage.open(home, { path: null });
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const challenges = () => asked.filter((one) => one === '/api/challenge').length;
  await page.clock.install();
  await page.goto(`${home.url}#/register`);
  await checked(page);
  await fill(page, 'eva@mail.example');
  assert.equal(challenges(), 1);
  await page.clock.fastForward('16:00');
  await make(page);
  await page.getByRole('heading', { name: 'One more step' }).waitFor();
  assert.equal(challenges(), 2);
});

story('the server is down when the form is sent: nothing typed is lost', async (stage) => {
  const { home } = await homeWithAdmin(stage);
  const { page, guard } = await stage.open(home, { path: '#/register' });
  await checked(page);
  guard.allow('failed');
  guard.allow('status', '401 POST /api/users');  // what was checked before the restart
  await fill(page, 'frank@mail.example');
  await home.stop();
  await make(page);
  await page.getByRole('alert').filter({ hasText: 'This server did not answer' }).waitFor();
  await shoot(page, 'register-offline', { narrow: false });
  await home.start();
  await make(page);
  await page.getByRole('heading', { name: 'One more step' }).waitFor();
  await linkTo(home, 'frank@mail.example');
});

story('by invite: the log-in says so, the link of an admin leads to the form, once', async (stage) => {
  const { home, admin } = await homeWithAdmin(stage, { accounts: { registration: 'invite' }, name: '<b>Us</b> \u202eevil' });
  const { page: stranger } = await stage.open(home);
  await stranger.getByText('Accounts are made by invite here').waitFor();
  assert.equal(await stranger.getByRole('link', { name: 'Make an account' }).count(), 0);
  await stranger.goto(`${home.url}#/register`);
  await stranger.getByRole('heading', { name: 'You need an invite' }).waitFor();
  await checkAccessibility(stranger);
  await shoot(stranger, 'register-needs-invite', { narrow: false });

  const { link } = await admin.post('/api/admin/registration-invites', {});
  const { page } = await openInvite(stage, home, link);
  await page.getByRole('heading', { level: 1, name: 'Make an account at <b>Us</b> ⟨U+202E⟩evil' }).waitFor();
  await register(page, 'gina@mail.example');
  await page.goto(await linkTo(home, 'gina@mail.example'));
  await page.getByRole('button', { name: 'Yes, it is mine' }).click();
  await page.getByRole('heading', { name: 'The address is confirmed' }).waitFor();

  const { page: late, guard } = await openInvite(stage, home, link);
  guard.allow('status', '403 POST /api/registration-tokens');
  await late.getByRole('heading', { name: 'This invite does not work' }).waitFor();
  assert.equal(await late.getByLabel('E-mail address').count(), 0);
  await checkAccessibility(late);
  await shoot(late, 'register-invite-spent', { narrow: false });

  // Somebody who is logged in is told so.
  const { page: other } = await stage.open(home, { as: admin, path: null });
  await other.goto((await admin.post('/api/admin/registration-invites', {})).link);
  await other.getByText(`You are logged in as ${admin.address} now.`).waitFor();
  await other.getByRole('link', { name: 'Cancel' }).waitFor();
  await register(other, 'ivan@mail.example');
  await mailTo(home, 'ivan@mail.example');
  await other.getByRole('link', { name: 'Go on' }).click();
  await heading(other, 'Files');
});

story('closed: nothing is offered', async (stage) => {
  const { home } = await homeWithAdmin(stage, { accounts: { registration: 'closed' } });
  const { page } = await stage.open(home);
  await heading(page, 'Log in to Home');
  await page.getByRole('link', { name: 'Forgot your password?' }).waitFor();
  assert.equal(await page.getByText('invite').or(page.getByText('New here?')).count(), 0);
  await page.goto(`${home.url}#/register`);
  await page.getByRole('heading', { name: 'No new accounts here' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'register-closed', { narrow: false });
});

story('German, in a narrow window, over plain HTTP from another machine', async (stage) => {
  const settings = { web: { allowed_hosts: ['home.example'] }, accounts: { argon2_passes: 1, argon2_memory_mib: 8, challenge_difficulty: 2000 } };
  const home = await stage.instance({ name: 'Zuhause', settings });
  await home.addUser('alice', { admin: true });
  const { page, guard } = await stage.open(`http://home.example:${home.localPort}/`, { path: '#/register', locale: 'de-DE', viewport: 'narrow' });
  guard.allow('console', /Cross-Origin-Opener-Policy header has been ignored/);  // that is for secure pages only
  await heading(page, 'Konto bei Zuhause anlegen');
  assert.equal(await page.evaluate(() => crypto.subtle === undefined), true);
  await page.getByText('Die Prüfung gegen automatische Anmeldungen ist bestanden.').waitFor();
  await page.getByLabel('E-Mail-Adresse').fill('hans@mail.example');
  await page.getByLabel('Passwort', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Konto anlegen' }).click();
  await page.getByRole('heading', { name: 'Ein Schritt noch' }).waitFor();
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'register-sent-german', { fullPage: true });
  const token = new URL(await linkTo(home, 'hans@mail.example')).hash;
  await page.evaluate((hash) => { location.hash = hash; }, token);
  await page.getByRole('button', { name: 'Ja, sie gehört mir' }).click();
  await page.getByRole('heading', { name: 'Die Adresse ist bestätigt' }).waitFor();
  await Person.logIn(home, 'hans@mail.example', PASSWORD);
});
