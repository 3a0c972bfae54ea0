// One's account: who one is, where mails go, API tokens, and how it ends.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { focused } from './lib/focus.mjs';
import { card, openAccount } from './lib/account_page.mjs';
import { linkTo, mailTo } from './lib/outbox.mjs';
import { checkNoSidewaysScroll, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';
const HOSTILE_SHOWN = '<img src=x onerror=alert(1)>⟨U+202E⟩';

story('the profile: only what was changed is saved, and everybody sees the new name', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page } = await stage.open(home, { as: alice });
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Account', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor();
  const profile = card(page, 'Profile');
  await profile.getByText(alice.address).waitFor();
  const save = profile.getByRole('button', { name: 'Save' });
  assert.equal(await save.getAttribute('aria-disabled'), 'true', 'nothing to save yet');
  await checkAccessibility(page);
  await shoot(page, 'account-profile', { fullPage: true });

  // Elsewhere she sets something else meanwhile: it stays.
  await alice.ok('PATCH', '/api/users/me', { body: { organization: 'Set by a script' } });
  await profile.getByLabel('First name').fill(HOSTILE);
  await profile.getByLabel('Last name').fill('x'.repeat(90));
  await profile.getByLabel('Language of mails').selectOption({ label: 'Deutsch' });
  const [asked] = await Promise.all([page.waitForRequest((request) => request.method() === 'PATCH'), save.click()]);
  assert.deepEqual(asked.postDataJSON(), { first_name: HOSTILE, last_name: 'x'.repeat(90), language: 'de' });
  await page.getByText('Saved.').first().waitFor();
  await page.locator('.sidebar').getByText(HOSTILE_SHOWN).waitFor();
  assert.equal(await profile.getByLabel('Organisation').inputValue(), 'Set by a script');
  assert.equal(await page.locator('main img').count(), 0);
  const me = await alice.get('/api/users/me');
  assert.deepEqual([me.first_name, me.organization, me.language], [HOSTILE, 'Set by a script', 'de']);

  // With the keyboard alone, a name is taken away again.
  await profile.getByLabel('First name').fill('');
  await page.keyboard.press('Enter');
  await page.locator('.sidebar').getByText(HOSTILE_SHOWN).waitFor({ state: 'detached' });
  await profile.getByLabel('Organisation').fill('');
  await page.keyboard.press('Enter');
  await until(async () => (await alice.get('/api/users/me')).organization === null, 'no organisation');
});

story('a new e-mail address: the password first, then the link mailed there', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page, guard } = await openAccount(stage, home, alice);
  const email = card(page, 'E-mail address');
  await email.getByText('alice@mail.example').waitFor();
  await email.getByRole('button', { name: 'Change the address' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the address' });
  await dialog.getByLabel('New e-mail address').fill('no address');
  await page.keyboard.press('Enter');
  await dialog.getByText('That is not an e-mail address.').waitFor();
  await dialog.getByText('Type your current password.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-email-wrong');

  await dialog.getByLabel('New e-mail address').fill('ada@new.example');
  await dialog.getByLabel('Current password', { exact: true }).fill('not it, by far');
  guard.allow('status', '403 PATCH /api/users/me');
  await page.keyboard.press('Enter');
  await dialog.getByText('That is not your present password.').waitFor();
  await focused(dialog.getByLabel('Current password', { exact: true }));
  assert.equal((await alice.get('/api/users/me')).prospective_email, null);
  await dialog.getByLabel('Current password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await email.getByText('Waiting for you to open the link mailed to ada@new.example').waitFor();
  await email.getByText('Until then you log in with alice@mail.example.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-email-waiting', { fullPage: true });

  // She thinks better of it, and then again: the link of the first mail is dead.
  const keep = page.getByRole('dialog', { name: 'Keep the old address' });
  await email.getByRole('button', { name: 'Keep the old address' }).click();
  await keep.getByLabel('Current password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
  await email.getByText('Waiting for you').waitFor({ state: 'detached' });
  const first = await linkTo(home, 'ada@new.example');
  const { page: early, guard: earlyGuard } = await stage.open(home, { path: null });
  earlyGuard.allow('status', '401 POST /api/users/verify-email');
  await early.goto(first);
  await early.getByRole('button', { name: 'Yes, it is mine' }).click();
  await early.getByText('This link does not work').waitFor();
  await email.getByRole('button', { name: 'Change the address' }).click();
  await dialog.getByLabel('New e-mail address').fill('ada@new.example');
  await dialog.getByLabel('Current password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
  await email.getByText('Waiting for you').waitFor();

  assert.match((await mailTo(home, 'alice@mail.example')).text, /ada@new\.example/);
  const { page: mail } = await stage.open(home, { path: null });
  await mail.goto(await linkTo(home, 'ada@new.example', 2));
  await mail.getByRole('button', { name: 'Yes, it is mine' }).click();
  await mail.getByText('The address is confirmed').waitFor();
  // Back from the mail program.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await email.getByText('Waiting for you').waitFor({ state: 'detached' });
  await email.getByText('ada@new.example').waitFor();
});

story('an API token is made for some things, shown once, and works until it is deleted', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  await alice.upload('of-alice.txt', 'x');
  const { page } = await openAccount(stage, home, alice, 'tokens');
  await page.getByText('No API tokens').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-tokens-none');

  await page.getByRole('button', { name: 'New API token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await dialog.getByText('Give it a name').waitFor();
  await dialog.getByText('Choose at least one.').waitFor();
  assert.equal(await dialog.getByRole('checkbox', { name: /^Administration/ }).count(), 0, 'she is no admin');
  await checkAccessibility(page);
  // With the keyboard: the field that lacks something has the focus.
  await focused(dialog.getByLabel('Name', { exact: true }));
  await page.keyboard.type(HOSTILE);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.ok(await dialog.getByRole('checkbox', { name: /^Read files/ }).isChecked());
  await dialog.getByLabel('It ends after').selectOption({ label: '30 days' });
  await shoot(page, 'account-token-new');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await page.getByRole('dialog', { name: 'Your API token' }).waitFor();
  const token = await dialog.getByLabel('Token', { exact: true }).inputValue();
  assert.match(token, /^kith_[\w-]{43}$/);
  await dialog.getByText(`curl -H 'Authorization: Bearer ${token}' ${home.url}api/users/me`).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-token-made');

  const as = (method, target) => home.request(method, target, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await as('GET', '/api/users/me')).status, 200);
  assert.equal((await as('GET', '/api/assets')).status, 200);
  assert.equal((await as('GET', '/api/connections')).status, 403);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.doesNotMatch(await page.locator('body').innerHTML(), /kith_/);

  await page.reload();
  const row = page.getByRole('listitem').filter({ hasText: HOSTILE_SHOWN });
  await row.getByText('Read files').waitFor();
  await row.getByText(/Good until .* · last used just now from 127\.0\.0\.1/).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  const [kept] = (await alice.get('/api/users/me/api-tokens')).items;
  assert.deepEqual(kept.scopes, ['files:read']);
  const days = (Date.parse(kept.expires_at) - Date.parse(kept.created_at)) / 86_400_000;
  assert.ok(Math.abs(days - 30) < 0.01, String(days));
  await checkAccessibility(page);
  await shoot(page, 'account-tokens');

  await row.getByRole('button', { name: /^Delete the token/ }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await as('GET', '/api/assets')).status, 200);
  await row.getByRole('button', { name: /^Delete the token/ }).click();
  await question.getByRole('button', { name: 'Delete the token' }).click();
  await page.getByText('No API tokens').waitFor();
  assert.equal((await as('GET', '/api/assets')).status, 401);
});

story('an account is deleted after the name and the password, and the page says goodbye', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  await home.addUser('root', { admin: true });
  const alice = await home.addUser('alice');
  await alice.upload('of-alice.txt', 'x');
  const { page, guard } = await openAccount(stage, home, alice);
  await page.getByRole('button', { name: 'Delete my account' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete the account' });
  await dialog.getByText('your connections; the servers of those people are told').waitFor();
  const really = dialog.getByRole('button', { name: 'Delete my account for good' });
  await really.click();
  await dialog.getByText('That is not your short name.').waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-delete');
  await dialog.getByLabel('Type your short name: alice').fill('alice');
  await dialog.getByLabel('Current password', { exact: true }).fill('not it, by far');
  guard.allow('status', '403 DELETE /api/users/me');
  await really.click();
  await dialog.getByText('That is not your present password.').waitFor();
  assert.equal((await alice.get('/api/users/me')).state, 'active');

  await dialog.getByLabel('Current password', { exact: true }).fill(alice.password);
  guard.allow('status', /^401 GET \/api\//);
  await really.click();
  await page.getByRole('heading', { level: 1, name: 'Goodbye' }).waitFor();
  await page.getByText(`The account ${alice.address} is deleted.`).waitFor();
  await checkAccessibility(page);
  await shoot(page, 'account-goodbye');
  assert.equal((await alice.request('GET', '/api/users/me')).status, 401);
  await page.getByRole('button', { name: 'To the log-in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Log in to Home' }).waitFor();
});

story('the only admin can’t delete themselves, and is told why', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const ada = await home.addUser('ada', { admin: true });
  const { page, guard } = await openAccount(stage, home, ada);
  guard.allow('status', '409 DELETE /api/users/me');
  await page.getByRole('button', { name: 'Delete my account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type your short name').fill('ada');
  await dialog.getByLabel('Current password', { exact: true }).fill(ada.password);
  await dialog.getByRole('button', { name: 'Delete my account for good' }).click();
  await dialog.getByText('You are the only admin here.').waitFor();
  assert.equal((await ada.get('/api/users/me')).state, 'active');
});

story('the server is gone: each part says so and can be tried again', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  const { page, guard } = await openAccount(stage, home, alice);
  await card(page, 'Profile').getByText(alice.address).waitFor();
  await home.stop();
  guard.allow('failed');
  guard.allow('console');
  await card(page, 'Profile').getByLabel('First name').fill('Ada');
  await page.keyboard.press('Enter');
  await card(page, 'Profile').getByText('This server did not answer.').waitFor();
  await page.getByRole('link', { name: 'API tokens' }).click();
  await card(page, 'API tokens').getByText('This server did not answer.').waitFor();
  await shoot(page, 'account-offline');
  await home.start();
  await card(page, 'API tokens').getByRole('button', { name: 'Try again' }).click();
  await page.getByText('No API tokens').waitFor();
});

story('in German, in a narrow window with large text', async (stage) => {
  const home = await stage.instance({ name: 'Zuhause' });
  const alice = await home.addUser('alice');
  const { page } = await openAccount(stage, home, alice, '', { locale: 'de-DE', viewport: 'narrow' });
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await page.getByRole('heading', { level: 1, name: 'Konto' }).waitFor();
  await page.getByRole('button', { name: 'Speichern' }).waitFor();
  await checkNoSidewaysScroll(page);
  await checkAccessibility(page);
  await shoot(page, 'account-german', { narrow: false, fullPage: true });
  for (const [part, heading] of [['Sicherheit', 'Wo du angemeldet bist'], ['API-Token', 'API-Token']]) {
    await page.getByRole('navigation', { name: 'Teile deines Kontos' }).getByRole('link', { name: part }).click();
    await page.getByRole('heading', { level: 2, name: heading }).waitFor();
    await checkNoSidewaysScroll(page);
    await checkAccessibility(page);
  }
});
