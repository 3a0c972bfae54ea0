// The second step of a log-in: a code of the authenticator app, or a recovery code.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { appCode } from './lib/account_page.mjs';
import { focused } from './lib/focus.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const codeField = (page) => page.getByLabel('Code of 6 digits');

// Alice, who has an app and recovery codes. The code of this half minute is used up by that.
async function aliceWithApp(stage) {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { secret } = await alice.post('/api/users/me/second-factor', { current_password: alice.password });
  const { recovery_codes: codes } = await alice.post('/api/users/me/second-factor/confirm', { code: appCode(secret) });
  return { home, alice, codes, next: () => appCode(secret, 1) };
}

async function enterPassword(page, alice) {
  await page.getByLabel('E-mail address').fill(alice.email);
  await page.getByLabel('Password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
}

function otherThan(code) {
  return String((Number(code) + 500_001) % 1_000_000).padStart(6, '0');
}

story('after the password the code is asked for; a wrong one is said so, the right one may be pasted with its gap', async (stage) => {
  const { home, alice, next } = await aliceWithApp(stage);
  const { page, guard } = await stage.open(home);
  guard.allow('status', '401 POST /api/session');
  await enterPassword(page, alice);
  await page.getByRole('heading', { name: 'The second step' }).waitFor();
  const field = codeField(page);
  await focused(field);
  assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
  assert.equal(await field.getAttribute('inputmode'), 'numeric');
  await checkAccessibility(page);
  await checkNoSidewaysScroll(page);
  await shoot(page, 'second-step');

  await page.keyboard.press('Enter');
  await page.getByText('Enter the code.', { exact: true }).waitFor();
  await page.keyboard.type(otherThan(next()));
  await page.keyboard.press('Enter');
  await page.getByText('That is not the code.').waitFor();
  await focused(field);
  assert.ok(await field.evaluate((one) => one.value === ''));
  await checkAccessibility(page);
  await shoot(page, 'second-step-wrong', { narrow: false });

  const code = next();
  await page.keyboard.insertText(` ${code.slice(0, 3)} ${code.slice(3)} `);
  await page.keyboard.press('Enter');
  await heading(page, 'Files');
  await page.getByText(alice.address).waitFor();
});

story('a recovery code does as well, once, and by keyboard alone', async (stage) => {
  const { home, alice, codes } = await aliceWithApp(stage);
  const { page, guard } = await stage.open(home, { locale: 'de-DE' });
  guard.allow('status', '401 POST /api/session');
  await until(() => page.getByLabel('E-Mail-Adresse').evaluate((one) => one === document.activeElement), 'the focus');
  await page.keyboard.type(alice.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(alice.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Der zweite Schritt' }).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'second-step-german', { narrow: false });
  for (let presses = 0; presses < 3; ++presses) await page.keyboard.press('Tab');  // log in, back, recovery code
  await page.keyboard.press('Enter');
  const field = page.getByLabel('Wiederherstellungscode', { exact: true });
  await field.waitFor();
  await focused(field);
  assert.ok(await field.evaluate((one) => one.inputMode === 'text'));
  await page.keyboard.type(codes[0].toUpperCase());
  await page.keyboard.press('Enter');
  await heading(page, 'Dateien');

  // The field of the app's codes takes them too; this one is used up.
  const { page: second, guard: secondGuard } = await stage.open(home);
  secondGuard.allow('status', '401 POST /api/session');
  await enterPassword(second, alice);
  await codeField(second).fill(codes[0]);
  await second.keyboard.press('Enter');
  await second.getByText('That is not the code.').waitFor();
  await second.getByRole('button', { name: 'Use a recovery code' }).click();
  await second.getByLabel('Recovery code', { exact: true }).fill(codes[0]);
  await second.keyboard.press('Enter');
  await second.getByText('That is none of your recovery codes').waitFor();
  await second.getByRole('button', { name: 'Use the app' }).click();
  await codeField(second).fill(codes[1]);
  await second.keyboard.press('Enter');
  await heading(second, 'Files');
});

story('one can go back to the password, and nothing of it stays', async (stage) => {
  const { home, alice, next } = await aliceWithApp(stage);
  const { page, guard } = await stage.open(home);
  guard.allow('status', '401 POST /api/session');
  await enterPassword(page, alice);
  await codeField(page).waitFor();
  await page.getByRole('button', { name: 'Back' }).click();
  const password = page.getByLabel('Password', { exact: true });
  assert.equal(await password.inputValue(), '');
  await focused(password);
  assert.equal(await page.getByLabel('E-mail address').inputValue(), alice.email);
  await password.fill(alice.password);
  await page.keyboard.press('Enter');
  await codeField(page).fill(next());

  // The password changes while the code is typed: it is asked for again.
  await alice.ok('PATCH', '/api/users/me', { body: { current_password: alice.password, password: 'another four words' } });
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'E-mail address or password is wrong' }).waitFor();
  assert.equal(await password.inputValue(), '');
});

story('too many wrong codes: the wait is counted down', async (stage) => {
  const { home, alice, next } = await aliceWithApp(stage);
  const { page, guard } = await stage.open(home, { path: null });
  guard.allow('status', '401 POST /api/session');
  guard.allow('status', '429 POST /api/session');
  await page.clock.install();
  await page.goto(home.url);
  await enterPassword(page, alice);
  await codeField(page).waitFor();
  const over = page.getByText('You can try again now.');
  let seconds = 0;
  for (let tries = 0; seconds < 4; ++tries) {
    assert.ok(tries < 20, 'guessing goes on and on');
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await codeField(page).fill(otherThan(next()));
    await page.keyboard.press('Enter');
    seconds = Number((await answered).headers()['retry-after'] ?? 0);
    await page.locator('button[type=submit]:not([aria-disabled])').waitFor();
    if (seconds > 0 && seconds < 4) await over.waitFor();
  }
  const wait = page.locator('.notice').filter({ hasText: 'Too many tries. It can be tried again in' });
  await wait.waitFor();
  await page.clock.runFor(1500);
  // It counts in what is seen; what is read out stays as it was.
  const left = async (locator) => Number(/in (\d+) seconds?\.$/.exec(await locator.textContent())?.[1]);
  await until(async () => await left(wait.locator('.title')) < seconds, 'the wait counted down');
  assert.ok(await left(page.getByRole('alert')) >= seconds);
  await checkAccessibility(page);
  await page.clock.runFor(10_000);
  await over.waitFor();
});

story('the server is down at the second step: it is said, and goes on', async (stage) => {
  const { home, alice, next } = await aliceWithApp(stage);
  const { page, guard } = await stage.open(home);
  guard.allow('status', '401 POST /api/session');
  guard.allow('failed');
  await enterPassword(page, alice);
  await codeField(page).waitFor();
  await home.stop();
  await codeField(page).fill('123456');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'This server did not answer' }).waitFor();
  await home.start();
  await codeField(page).fill(next());
  await page.keyboard.press('Enter');
  await heading(page, 'Files');
});
