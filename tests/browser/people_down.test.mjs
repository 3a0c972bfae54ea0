// A server that does not answer: which step stands still, since when, why, what helps; and going on.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { connect, pendingRequest } from './lib/people.mjs';
import { openPeople, requestOf, rowOf, sendRequest, twoHouses, wordsOn } from './lib/people_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

// The pauses between tries grow: once the next is some seconds off, it is “Try now” that goes on.
function standsStill(person, id) {
  return person.waitForConnection(id, ({ timeline }) => timeline.some((one) => Date.parse(one.next_try_at) > Date.now() + 3000));
}

// The entry of the timeline that stands still.
function stuckStep(page) {
  return page.locator('.timeline li.trouble');
}

story('a request to a server that is down says so, and goes on by “Try now”', async (stage) => {
  const { alice, bob, b } = await twoHouses(stage);
  await b.stop();
  const { page } = await openPeople(stage, alice);
  await sendRequest(page, bob.address, 'Are you there?');
  await page.getByText('The request could not be handed over yet.').waitFor();
  const step = stuckStep(page);
  await step.getByText(`Find ${b.domain}`).waitFor();
  await step.getByText(`${b.domain} does not answer.`).waitFor();
  await step.getByText('It goes on by itself as soon as that server is back.').waitFor();
  await step.getByText(/Since \d.*; tried (once|\d+ times), last just now\./).waitFor();
  await step.getByText(/^(Tried again by itself|It is being tried)|(Tried again by itself|It is being tried)/).waitFor();
  await page.getByText(new RegExp(`${b.domain} has not answered since`)).first().waitFor();
  await checkAccessibility(page);
  await shoot(page, 'people-down', { fullPage: true });
  await page.getByRole('link', { name: 'All people' }).click();
  await rowOf(page, bob).getByText(`${b.domain} has not answered since`).waitFor();
  await shoot(page, 'people-down-list', { fullPage: true });
  await rowOf(page, bob).getByRole('link').click();

  await standsStill(alice, page.url().split('/').at(-1));
  await b.start();
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('Now it is bob’s turn').waitFor();
  await stuckStep(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'detached' });
  await pendingRequest(alice, bob);
});

story('an approval that can’t be handed over waits, and is finished by “Try now”', async (stage) => {
  const { alice, bob, a } = await twoHouses(stage);
  await alice.post('/api/connections', { peer: bob.address, purpose: '' });
  const { page } = await openPeople(stage, bob);
  const card = requestOf(page, alice);
  await card.waitFor();
  await a.stop();
  await card.getByRole('button', { name: `Approve ${alice.address}` }).click();
  await page.getByText('Approved, but it stands still.').waitFor();
  await stuckStep(page).getByText(`${a.domain} does not answer.`).waitFor();
  await shoot(page, 'people-down-approved', { fullPage: true });
  await standsStill(bob, page.url().split('/').at(-1));
  await a.start();
  await page.getByRole('button', { name: 'Try now' }).click();
  await wordsOn(page);
});

story('the own server stops: what is shown stays, and goes on when it is back', async (stage) => {
  const { alice, bob, b } = await twoHouses(stage);
  await connect(alice, bob);
  const { page, guard } = await openPeople(stage, bob);
  await rowOf(page, alice).waitFor();
  guard.allow('failed');
  guard.allow('status');
  await b.stop();
  await page.getByText('No connection to this server.').waitFor();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect' });
  await dialog.getByLabel('Address or invite link').fill('eve@e.example');
  await dialog.getByRole('button', { name: 'Send the request' }).click();
  await dialog.getByText('This server did not answer.').waitFor();
  await shoot(page, 'people-own-down');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await rowOf(page, alice).count(), 1);
  await b.start();
  await page.getByText('No connection to this server.').waitFor({ state: 'detached' });
  // And it hears again.
  const { page: alices } = await openPeople(stage, alice);
  await rowOf(alices, bob).getByRole('link').click();
  await alices.getByRole('button', { name: `More about ${bob.address}` }).click();
  await alices.getByRole('menuitem', { name: 'End the connection' }).click();
  await alices.getByRole('alertdialog').getByRole('button', { name: 'End the connection' }).click();
  await page.getByText('Earlier (1)').waitFor();
});

story('a page that cannot read the list says so, and reads it again', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  await connect(alice, bob);
  const { page, context, guard } = await openPeople(stage, bob, { path: null });
  guard.allow('status', /^500 GET \/api\/connections/);
  guard.allow('console');
  await context.route(/\/api\/connections\?/, (route) => route.fulfill({
    status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', title: 'x', detail: 'The disk is on fire.' }),
  }));
  await page.goto(`${bob.instance.url}#/people`);
  const problem = page.getByRole('alert');
  await problem.getByText('Something went wrong in the server.').waitFor();
  await shoot(page, 'people-unreadable', { narrow: false });
  await context.unrouteAll();
  await problem.getByRole('button', { name: 'Try again' }).click();
  await rowOf(page, alice).waitFor();
  await problem.waitFor({ state: 'detached' });
});

story('an address that leads nowhere', async (stage) => {
  const { bob } = await twoHouses(stage);
  const { page, guard } = await openPeople(stage, bob, { path: '#/people/01hzzzzzzzzzzzzzzzzzzzzzzz' });
  guard.allow('status', '404 GET /api/connections/01hzzzzzzzzzzzzzzzzzzzzzzz');
  await page.getByText('That is not there any more').waitFor();
  await shoot(page, 'people-gone', { narrow: false });
  await page.getByRole('link', { name: 'All people' }).click();
  await page.getByText('Nobody yet').waitFor();
});
