// Asking somebody, and inviting somebody.

import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { focused } from './lib/focus.mjs';
import { connect, pendingRequest } from './lib/people.mjs';
import { openPeople, rowOf, twoHouses } from './lib/people_page.mjs';
import { shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

async function openDialog(page, name) {
  await page.getByRole('button', { name, exact: true }).click();
  return page.getByRole('dialog', { name });
}

// Makes an invite at bob's page; the link.
async function makeInvite(page) {
  const dialog = await openDialog(page, 'Invite');
  await dialog.getByRole('button', { name: 'Make the invite' }).click();
  await dialog.getByText('The invite is ready').waitFor();
  return { dialog, link: await dialog.getByLabel('Link', { exact: true }).inputValue() };
}

story('the field for an address says what is wrong with it', async (stage) => {
  const { alice, bob, b } = await twoHouses(stage);
  await b.addUser('carol');
  const { bobSide } = await connect(alice, bob);
  const { page } = await openPeople(stage, bob);
  const dialog = await openDialog(page, 'Connect');
  const field = dialog.getByLabel('Address or invite link');
  await focused(field);
  const send = dialog.getByRole('button', { name: 'Send the request' });
  await send.click();
  await dialog.getByText('Say with whom.').waitFor();
  const said = async (typed, text) => {
    await field.fill(typed);
    await field.press('Enter');
    await dialog.getByText(text).waitFor();
  };
  await said('bob', 'That is no address.');
  await said('http://b.example/invite#kith1.abc', 'This invite link is not whole.');
  await said(` ${bob.address.toUpperCase()}\u200b`, 'That is your own address.');
  await said(`carol@${b.domain}`, 'They live on this server');
  await checkAccessibility(page);
  await shoot(page, 'people-connect-own');
  await said(`<\ufeff${alice.address}>`, `You are connected with ${alice.address} already`);
  await shoot(page, 'people-connect-existing');
  await dialog.getByRole('link', { name: 'Open' }).click();
  await page.waitForURL(new RegExp(bobSide));
  await page.getByText('You and alice are connected.').waitFor();
  assert.equal((await bob.get('/api/connections')).items.length, 1);
});

story('a purpose is counted in characters, and sent on one line', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page } = await openPeople(stage, alice);
  const dialog = await openDialog(page, 'Connect');
  await dialog.getByLabel('Address or invite link').fill(`mailto:${bob.address}`);
  const why = dialog.getByLabel(/^Why/);
  await why.fill('\u{1F469}'.repeat(281));
  await dialog.getByText('1 character too many.').waitFor();
  await dialog.getByRole('button', { name: 'Send the request' }).click();
  await shoot(page, 'people-connect-long');
  await why.fill('Hello,\nit is Alice.\u{1F33B}'.padEnd(279, ' '));
  await dialog.getByText(/^2\d\d characters left/).waitFor();
  await dialog.getByRole('button', { name: 'Send the request' }).dblclick();
  await page.getByText('Now it is bob’s turn').waitFor();
  const pending = await pendingRequest(alice, bob);
  assert.equal(pending.purpose, 'Hello, it is Alice.\u{1F33B}');
  assert.equal((await alice.get('/api/connections')).items.length, 1);
});

story('an invite connects at once, pasted as it came', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page: bobs } = await openPeople(stage, bob);
  const { dialog: invite, link } = await makeInvite(bobs);
  await invite.getByRole('img', { name: 'QR code of the invite link' }).waitFor();
  await invite.getByText('1 of 1 left').waitFor();
  await checkAccessibility(bobs);
  await shoot(bobs, 'people-invite');

  const { page: alices } = await openPeople(stage, alice);
  const dialog = await openDialog(alices, 'Connect');
  await dialog.getByLabel('Address or invite link').fill(`Look: \u200e${link.slice(0, 40)}\n${link.slice(40)}\ufeff`);
  await dialog.getByText('An invite from bob').waitFor();
  await dialog.getByText(bob.address, { exact: true }).waitFor();
  await checkAccessibility(alices);
  await shoot(alices, 'people-connect-invite');
  await dialog.getByRole('button', { name: 'Connect' }).click();
  await alices.getByText('You and bob are connected.').waitFor();
  await alices.getByText('Made with an invite').waitFor();
  // Spent, and gone from the list that is still open; nobody had to be asked.
  await invite.getByText('1 of 1 left').waitFor({ state: 'detached' });
  await invite.getByRole('button', { name: 'Close' }).last().click();
  await rowOf(bobs, alice).getByText('Connected', { exact: true }).waitFor();
});

story('the link of an invite fills in the dialog', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { link } = await bob.post('/api/invites', {});
  const { page } = await openPeople(stage, alice, { path: `#/people?invite=${encodeURIComponent(link)}` });
  const dialog = page.getByRole('dialog', { name: 'Connect' });
  await dialog.getByText('An invite from bob').waitFor();
  assert.doesNotMatch(page.url(), /kith1/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  // It is offered once.
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.getByRole('link', { name: /^People/ }).click();
  await page.getByRole('heading', { name: 'How others find you' }).waitFor();
  assert.equal(await dialog.count(), 0);
  await page.goto('about:blank');
  await page.goto(`${alice.instance.url}#/people?invite=${encodeURIComponent(link.split('#')[1])}`);
  await dialog.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('You and bob are connected.').waitFor();
});

story('open invites are listed and can be deleted', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { page } = await openPeople(stage, bob);
  const dialog = await openDialog(page, 'Invite');
  await dialog.getByLabel('It works for').selectOption({ label: '30 days' });
  await dialog.getByLabel('It is for').selectOption({ label: '5 people' });
  await shoot(page, 'people-invite-wish');
  await dialog.getByRole('button', { name: 'Make the invite' }).click();
  await dialog.getByText('5 of 5 left').waitFor();
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue();
  const [made] = (await bob.get('/api/invites')).items;
  assert.equal(made.uses, 5);
  assert.ok(Math.abs(Date.parse(made.expires_at) - Date.now() - 30 * 86_400_000) < 3_600_000);

  await dialog.getByRole('button', { name: /^Delete the invite made/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete the invite' }).click();
  await dialog.getByText('5 of 5 left').waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Make the invite' }).waitFor();
  assert.deepEqual((await bob.get('/api/invites')).items, []);

  // A link that works no more is turned away; asking goes without it.
  const { page: alices } = await openPeople(stage, alice);
  const asking = await openDialog(alices, 'Connect');
  await asking.getByLabel('Address or invite link').fill(link);
  await asking.getByRole('button', { name: 'Connect' }).click();
  await alices.getByText('that one is used up, has run out, or was deleted').waitFor();
  await shoot(alices, 'people-invite-spent', { fullPage: true });
  await alices.getByRole('button', { name: 'Ask again' }).click();
  await alices.getByText('Now it is bob’s turn').waitFor();
});

story('a request is withdrawn', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const asked = await alice.post('/api/connections', { peer: bob.address, purpose: 'never mind' });
  await pendingRequest(alice, bob);
  const { page } = await openPeople(stage, alice, { path: `#/people/${asked.id}` });
  await page.getByRole('button', { name: `More about ${bob.address}` }).click();
  await page.getByRole('menuitem', { name: 'Withdraw the request' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Withdraw' }).click();
  await page.getByText('Ended from here.').waitFor();
  await page.getByRole('button', { name: 'Ask again' }).waitFor();
});

story('an invite waits for the log-in', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  const { link } = await bob.post('/api/invites', {});
  const { page } = await stage.open(alice.instance, { path: `#/people?invite=${encodeURIComponent(link)}` });
  await page.getByLabel('E-mail address').fill(alice.email);
  await page.getByLabel('Password', { exact: true }).fill(alice.password);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Connect' }).getByText('An invite from bob').waitFor();
});

story('both ask at the same time', async (stage) => {
  const { alice, bob, b } = await twoHouses(stage);
  await b.stop();
  const asked = await alice.post('/api/connections', { peer: bob.address, purpose: 'from alice' });
  const { page, guard } = await openPeople(stage, alice, { path: `#/people/${asked.id}` });
  await page.getByText('could not be handed over yet').waitFor();
  guard.allow('status', /^404 GET \/api\/connections\/[0-9a-z]+$/);
  await b.start();
  await bob.post('/api/connections', { peer: alice.address, purpose: 'from bob' });
  // Nobody has to approve, and the page goes along with whichever request goes on.
  await page.getByText('You are connected. It is your turn').waitFor();
  const { items } = await alice.get('/api/connections');
  assert.equal(items.length, 1);
  await page.waitForURL(new RegExp(items[0].id));
});

story('somebody who has asked is answered, not asked', async (stage) => {
  const { alice, bob } = await twoHouses(stage);
  await alice.post('/api/connections', { peer: bob.address, purpose: 'me first' });
  await pendingRequest(alice, bob);
  const { page } = await openPeople(stage, bob);
  const dialog = await openDialog(page, 'Connect');
  await dialog.getByLabel('Address or invite link').fill(alice.address);
  await dialog.getByText(`${alice.address} has asked you already`).waitFor();
  await dialog.getByRole('link', { name: 'Open' }).click();
  await page.getByText('me first').waitFor();
  await page.getByText('alice asks. It is your turn.').waitFor();
  assert.match(page.url(), /#\/people\/[0-9a-z]{26}$/);
  await shoot(page, 'people-request-alone', { fullPage: true });
  // Answered here as well as in the list.
  await page.getByRole('button', { name: `Decline ${alice.address}` }).click();
  await page.getByText('Nobody yet').waitFor();
});
