// One person after another at the same browser, in several tabs: nobody sees, or goes on with, what is another's.
import assert from 'node:assert/strict';

import { until } from './lib/waiting.mjs';
import { story } from './lib/story.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

async function logOut(page) {
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
}

async function anotherTab(context, home, path) {
  const tab = await context.newPage();
  await tab.goto(`${home.url}${path}`);
  return tab;
}

// A tab that learns of it late may ask once more.
const allowLateAsking = (guard) => guard.allow('status', /^401 GET \/api\//);

const textOf = (page) => page.locator('body').innerText();

story('logging out in one tab closes all of them, also those that don’t listen', async (stage) => {
  const home = await stage.instance({ name: 'Home' });
  const alice = await home.addUser('alice');
  await alice.upload('secret plans.txt', 'x');
  const { context, page, guard } = await stage.open(home, { as: alice });
  allowLateAsking(guard);
  await page.getByText('secret plans.txt').first().waitFor();
  const tabs = [];
  for (let count = 0; count < 4; ++count) tabs.push(await anotherTab(context, home, '#/files'));
  for (const tab of tabs) await tab.getByText('secret plans.txt').first().waitFor();

  await logOut(page);
  // Without a word between tabs, each would wait for its turn to listen, which takes seconds.
  await Promise.all([page, ...tabs].map((tab) => tab.getByRole('heading', { level: 1, name: 'Log in to Home' }).waitFor({ timeout: 3000 })));
  for (const tab of [page, ...tabs]) assert.doesNotMatch(await textOf(tab), /secret plans|alice/);
});

story('somebody else logs in in another tab: this one becomes theirs, with nothing left of the first', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice', { admin: true });
  const bob = await home.addUser('bob');
  await alice.upload('of-alice.txt', 'x');
  await bob.upload('of-bob.txt', 'x');
  const { context, page, guard } = await stage.open(home, { as: alice });
  allowLateAsking(guard);
  await page.getByText('of-alice.txt').first().waitFor();
  await page.getByRole('checkbox', { name: 'Select of-alice.txt' }).click();

  const tab = await anotherTab(context, home, new URL(await home.logInLink(bob.email)).hash);
  await tab.getByRole('button', { name: 'Log in' }).click();
  await tab.getByText('of-bob.txt').first().waitFor();
  await page.getByText('of-bob.txt').first().waitFor();
  assert.doesNotMatch(await textOf(page), /of-alice|alice@/);
});

story('what is on the screen when somebody logs out is not there for the next: news, questions, invites', async (stage) => {
  const home = await stage.instance();
  const elsewhere = await stage.instance();
  const alice = await home.addUser('alice');
  const bob = await home.addUser('bob');
  const carol = await elsewhere.addUser('carol');
  const { link } = await carol.post('/api/invites', {});
  await alice.upload('of-alice.txt', 'x');
  const { page, guard } = await stage.open(home, { as: alice });
  allowLateAsking(guard);
  await page.getByText('of-alice.txt').first().waitFor();
  await page.getByRole('button', { name: 'Open of-alice.txt' }).focus();
  await page.keyboard.press('Delete');
  await page.getByText('of-alice.txt deleted.').first().waitFor();

  // An invite is opened in the page that is there already, and left lying.
  await page.getByRole('link', { name: /^People/ }).click();
  await heading(page, 'People');
  await page.evaluate((hash) => { location.hash = hash; }, `#/people?invite=${encodeURIComponent(link.split('#')[1])}`);
  await page.getByRole('dialog', { name: 'Connect' }).getByText('An invite from carol').waitFor();
  assert.doesNotMatch(page.url(), /kith1/);

  const other = await anotherTab(page.context(), home, '');
  await heading(other, 'Files');
  await logOut(other);
  await page.getByRole('heading', { level: 1, name: /Log in to/ }).waitFor();
  assert.doesNotMatch(await textOf(page), /of-alice|carol/);
  await page.getByLabel('E-mail address').fill(bob.email);
  await page.getByLabel('Password', { exact: true }).fill(bob.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await heading(page, 'People');
  await page.getByText(bob.address).first().waitFor();
  await until(async () => (await page.getByRole('dialog').count()) === 0, 'no dialog');
  assert.doesNotMatch(await textOf(page), /of-alice|carol|alice@/);
});
