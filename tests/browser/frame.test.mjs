// The frame around every screen: the account's menu in small windows, and where the focus goes when what had it goes.
import assert from 'node:assert/strict';

import { checkAccessibility } from './lib/a11y.mjs';
import { focused } from './lib/focus.mjs';
import { connect } from './lib/people.mjs';
import { png } from './lib/photos.mjs';
import { checkNoSidewaysScroll, settled, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

// The whole of the menu can be reached: it is inside the window, and scrolls where it is taller.
async function checkMenuInside(page) {
  await page.getByRole('button', { name: 'Account and settings' }).click();
  const menu = page.getByRole('menu');
  const box = await menu.boundingBox();
  const { width, height } = page.viewportSize();
  assert.ok(box.x >= 0 && box.x + box.width <= width, `the menu reaches from ${box.x} to ${box.x + box.width} of ${width}`);
  assert.ok(box.y >= 0 && box.y + box.height <= height, `the menu reaches from ${box.y} to ${box.y + box.height} of ${height}`);
  await page.keyboard.press('End');
  const last = menu.getByRole('menuitem', { name: 'Log out' });
  await focused(last);
  await last.click({ trial: true });
}

story('the account’s menu is inside narrow, low and enlarged windows', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice', { admin: true });
  const sizes = [{ width: 320, height: 640 }, { width: 800, height: 360 }, { width: 1280, height: 360 }];
  for (const viewport of sizes) {
    const { page } = await stage.open(home, { as: alice, viewport });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await checkMenuInside(page);
    await checkNoSidewaysScroll(page);
    await checkAccessibility(page);
    if (viewport.width === 320) await shoot(page, 'account-menu-small', { narrow: false });
  }
  const { page } = await stage.open(home, { as: alice, viewport: { width: 320, height: 640 } });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await checkMenuInside(page);
});

const focusedText = (page) => page.evaluate(() => document.activeElement?.value || document.activeElement?.textContent);

story('an invite has the focus when it is made, and the next wish after it', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { page } = await stage.open(home, { as: alice, path: '#/people' });
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByRole('button', { name: 'Make the invite' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('The invite is ready').waitFor();
  await until(async () => /^http:.*\/invite#/.test(await focusedText(page)), 'the focus on the invite');
  await page.getByRole('button', { name: 'Make another' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Make the invite' }).waitFor();
  await until(async () => (await focusedText(page)) === '7', 'the focus on for how long');
});

story('the first start leads the focus on: to the first mistake, then from step to step', async (stage) => {
  const home = await stage.instance({ settings: { instance: { name: null } } });
  const { page } = await stage.open(home, { path: null });
  await page.goto(await home.setUpLink());
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Password', { exact: true }).fill('four words make one');
  await page.keyboard.press('Enter');
  await page.getByText('That is not an e-mail address.').waitFor();
  await focused(page.getByLabel('E-mail address'));
  await page.keyboard.type('ada@mail.example');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Name this server' }).waitFor();
  await until(async () => (await focusedText(page)) === 'Name this server', 'the focus on the name');
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('heading', { name: 'Can others reach it?' }).waitFor();
  await until(async () => (await focusedText(page)) === 'Can others reach it?', 'the focus on the next step');
});

story('what could not be fetched while the daemon was away comes when it is back', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { page, guard } = await stage.open(home, { as: alice });
  await page.getByRole('heading', { level: 1, name: 'Files' }).waitFor();
  guard.allow('failed');
  await home.stop();
  await page.getByText('No connection to this server').waitFor();
  await page.getByRole('link', { name: 'Shared' }).click();
  await page.getByRole('alert').filter({ hasText: 'This server did not answer' }).waitFor();
  await home.start();
  await page.getByRole('heading', { level: 1, name: 'Shared' }).waitFor();
});

story('a log-in that is ended elsewhere is no daemon that is away', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { page, guard } = await stage.open(home, { as: alice });
  await page.getByRole('heading', { level: 1, name: 'Files' }).waitFor();
  await page.evaluate(() => {
    globalThis.saidOffline = false;
    const look = () => { globalThis.saidOffline ||= document.querySelector('.offline') !== null; };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  });
  guard.allow('status', /^401 GET \/api\//);   // whatever is read anew when the stream has ended
  guard.allow('failed');
  await alice.ok('DELETE', '/api/tokens');
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.saidOffline), false);
});

story('after Undo in a toast the keyboard goes on where it was', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  await alice.upload('a.txt', 'a');
  await alice.upload('b.txt', 'b');
  const { page } = await stage.open(home, { as: alice });
  await page.getByRole('checkbox', { name: 'Select a.txt' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Delete', exact: true }).focus();
  await page.keyboard.press('Enter');
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  await undo.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'Select a.txt' }).waitFor();
  await page.locator('main:focus, main :focus').waitFor();
});

story('at 320 pixels with text twice as large, nothing has to be scrolled sideways', async (stage) => {
  const [home, there] = [await stage.instance({ name: 'Home' }), await stage.instance({ name: 'There' })];
  const [alice, bob] = [await home.addUser('alice', { admin: true }), await there.addUser('bob')];
  await connect(alice, bob);
  await alice.share([await alice.upload('a rather long name of a photo.png', png({ seed: 3 }))], bob);
  await bob.share([await bob.upload('from bob.png', png({ seed: 4 }))], alice);
  const { page } = await stage.open(home, { as: alice, viewport: { width: 320, height: 640 } });
  for (const [where, sign] of [['files', 'a rather long'], ['people', 'bob'], ['shared', 'from bob'], ['shared/by-me', 'bob'], ['live', 'Nothing is stored'], ['server', 'Public address']]) {
    await page.goto(`${home.url}#/${where}`);
    await page.getByText(sign).first().waitFor();
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    await settled(page);
    await checkNoSidewaysScroll(page);
  }
});
