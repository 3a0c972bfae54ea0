// A forgotten password: asking for a link, and choosing another with it.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { focused } from './lib/focus.mjs';
import { linkTo, mailsTo } from './lib/outbox.mjs';
import { Person } from './lib/people.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

const FRESH = 'quite another four words';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const newPassword = (page) => page.getByLabel('New password', { exact: true });

async function homeOfAlice(stage) {
  const home = await stage.instance({ name: 'Home' });
  return { home, alice: await home.addUser('alice', { admin: true }) };
}

async function ask(page, email) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('If somebody here logs in with this address').waitFor();
}

// A link for this person, asked for over the API as the page does.
async function resetLink(home, email, number = 1) {
  const headers = { 'content-type': 'application/json' };
  const asked = await home.request('POST', '/api/password-resets', { headers, body: JSON.stringify({ email }) });
  assert.equal(asked.status, 202);
  return linkTo(home, email, number);
}

story('a forgotten password: the link in the mail sets another, and ends all log-ins', async (stage) => {
  const { home, alice } = await homeOfAlice(stage);
  const { page: elsewhere, guard: elsewhereGuard } = await stage.open(home, { as: alice });
  await heading(elsewhere, 'Files');
  const { page, guard } = await stage.open(home);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await heading(page, 'Forgot your password?');
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'forgot');
  await ask(page, alice.email);
  await checkAccessibility(page);
  await shoot(page, 'forgot-asked');

  await page.goto(await linkTo(home, alice.email));
  await heading(page, 'Choose a new password');
  assert.ok(!page.url().includes('token'), page.url());
  await focused(newPassword(page));
  await checkAccessibility(page);
  await shoot(page, 'reset');
  await page.keyboard.press('Enter');
  await page.getByText('Still 12 characters too short.').waitFor();
  guard.allow('status', '400 POST /api/password-resets/redeem');
  await newPassword(page).fill('password1234');
  await page.keyboard.press('Enter');
  await page.getByText('This password is among the most common ones').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'reset-weak', { narrow: false });
  await page.getByRole('button', { name: 'Show the password' }).click();
  await newPassword(page).fill(FRESH);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('heading', { name: 'The new password is set' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'reset-done', { narrow: false });
  assert.ok(!(await page.content()).includes(FRESH));

  // The one in the other window has ended.
  elsewhereGuard.allow('status', /^401 /);
  await elsewhere.reload();
  await heading(elsewhere, 'Log in to Home');
  await page.getByRole('button', { name: 'Log in' }).click();
  guard.allow('status', '401 POST /api/session');
  await page.getByLabel('E-mail address').fill(alice.email);
  await page.getByLabel('Password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
  await page.getByText('E-mail address or password is wrong').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(FRESH);
  await page.keyboard.press('Enter');
  await heading(page, 'Files');
});

story('a link that was used leads to asking for another', async (stage) => {
  const { home, alice } = await homeOfAlice(stage);
  const link = await resetLink(home, alice.email);
  const token = new URLSearchParams(new URL(link).hash.split('?')[1]).get('token');
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ token, password: FRESH });
  assert.equal((await home.request('POST', '/api/password-resets/redeem', { headers, body })).status, 204);

  const { page, guard } = await stage.open(home, { path: null });
  guard.allow('status', '401 POST /api/password-resets/redeem');
  await page.goto(link);
  await newPassword(page).fill('a third of four words');
  await page.keyboard.press('Enter');
  await heading(page, 'Forgot your password?');
  await page.getByRole('alert').filter({ hasText: 'This link was used already, or has run out' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'reset-spent', { narrow: false });
  await Person.logIn(home, alice.email, FRESH);
  await page.getByRole('link', { name: 'Back to log in' }).click();
  await heading(page, 'Log in to Home');
  assert.equal(await page.getByRole('alert').count(), 0);
});

story('an address nobody has gets the same answer, and no mail; by keyboard, in German', async (stage) => {
  const { home, alice } = await homeOfAlice(stage);
  const { page } = await stage.open(home, { path: '#/forgot-password', locale: 'de-DE' });
  await heading(page, 'Passwort vergessen?');
  const field = page.getByLabel('E-Mail-Adresse');
  const answer = async (email) => {
    await field.fill(email);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Noch einmal anfordern' }).waitFor();
    const words = (await page.locator('.outcome').innerText()).replace(email, '…');
    await page.getByRole('button', { name: 'Noch einmal anfordern' }).press('Enter');
    await field.waitFor();
    return words;
  };
  await page.keyboard.press('Enter');
  await page.getByText('Das ist keine E-Mail-Adresse.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'forgot-german', { narrow: false });
  assert.equal(await answer('nobody@mail.example'), await answer(alice.email));
  await linkTo(home, alice.email);
  assert.equal(mailsTo(home, 'nobody@mail.example').length, 0);
});

story('who asks too often is told how long to wait', async (stage) => {
  const { home } = await homeOfAlice(stage);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'nobody@mail.example' });
  for (let asked = 0, status = 202; status === 202; ++asked) {
    assert.ok(asked < 100, 'one may ask for ever');
    ({ status } = await home.request('POST', '/api/password-resets', { headers, body }));
  }
  const { page, guard } = await stage.open(home, { path: '#/forgot-password' });
  guard.allow('status', '429 POST /api/password-resets');
  await page.getByLabel('E-mail address').fill('nobody@mail.example');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.locator('.notice .title').filter({ hasText: 'It can be tried again in' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'forgot-too-often', { narrow: false });
});

story('who is logged in and resets the own password has to log in again', async (stage) => {
  const { home, alice } = await homeOfAlice(stage);
  const { page, guard } = await stage.open(home, { as: alice });
  await heading(page, 'Files');
  guard.allow('status', /^401 /);
  const { hash } = new URL(await resetLink(home, alice.email));
  await page.evaluate((to) => { location.hash = to; }, hash);
  await heading(page, 'Choose a new password');
  await newPassword(page).fill(FRESH);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The new password is set' }).waitFor();
  await page.getByRole('button', { name: 'Log in' }).click();
  await heading(page, 'Log in to Home');
});

story('the server is down: it is said, and what was typed is still there', async (stage) => {
  const { home, alice } = await homeOfAlice(stage);
  const link = await resetLink(home, alice.email);
  const { page, guard } = await stage.open(home, { path: null });
  guard.allow('failed');
  await page.goto(link);
  await newPassword(page).fill(FRESH);
  await home.stop();
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'This server did not answer' }).waitFor();
  await checkAccessibility(page);
  await home.start();
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('heading', { name: 'The new password is set' }).waitFor();
  await Person.logIn(home, alice.email, FRESH);
});

story('a spent link, opened by somebody who is logged in, is told there', async (stage) => {
  const { home, alice } = await homeOfAlice(stage);
  const { page, guard } = await stage.open(home, { as: alice, path: null });
  guard.allow('status', '401 POST /api/password-resets/redeem');
  await page.goto(`${home.url}#/reset-password?token=${'a'.repeat(43)}`);
  await newPassword(page).fill(FRESH);
  await page.keyboard.press('Enter');
  await heading(page, 'Files');
  await page.getByText('This link was used already, or has run out').waitFor();
  await Person.logIn(home, alice.email, alice.password);
});
