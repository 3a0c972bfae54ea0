// Exchanges as outsiders meet them: links made over the API, opened at the public listener by somebody without an account.

import assert from 'node:assert/strict';

import { request } from './http.mjs';
import { SlowDoor } from './slow_door.mjs';

// An instance with alice on it, who makes links.
export async function aliceWithLinks(stage, options = {}) {
  const home = await stage.instance({ name: 'Home', ...options });
  const alice = await home.addUser('alice', { admin: true });
  return { home, alice };
}

// A link to these files of hers: { name: content }.
export async function offer(alice, files, wishes = {}) {
  const assets = [];
  for (const [name, content] of Object.entries(files)) {
    assets.push(await alice.upload(name, content));
  }
  return alice.post('/api/exchanges', { asset_ids: assets.map(({ id }) => id), ...wishes });
}

// Brings content with an upload token, as any client would.
export async function bring(alice, made, name, content, extra = {}) {
  const query = new URLSearchParams({ filename: name, size: content.length, ...extra });
  const headers = { authorization: `Bearer ${made.upload_token}` };
  const asked = await alice.instance.request('GET', `/exchange/upload-url?${query}`, { headers });
  assert.equal(asked.status, 200, String(asked.body));
  const stored = await request('PUT', asked.json().url, { body: content });
  assert.equal(stored.status, 201, String(stored.body));
  return stored.json();
}

// A window at a link, where nothing secret may leave the page in a request but the token in its header. `url` is where
// the outsider reaches the instance.
export async function openLink(stage, home, link, { url = home.publicUrl, key = '', before, ...options } = {}) {
  const window = await stage.open(url, { path: null, acceptDownloads: true, ...options });
  const fragment = new URL(link).hash + (key && `.${key}`);
  watchSecrets(window, fragment.slice(1).split('.'));
  await before?.(window);
  await window.page.goto(new URL(new URL(link).pathname.replace(/^.*\/exchange\//, 'exchange/') + fragment, url).href);
  await window.page.locator('main h1').waitFor();
  return window;
}

// The same through a door that can be made slow or cut.
export async function openLinkSlowly(stage, home, link, options = {}) {
  const door = await SlowDoor.open(home.publicPort);
  const window = await openLink(stage, home, link, { ...options, url: door.url });
  return { ...window, door };
}

function watchSecrets(window, [token, key]) {
  const leaks = [];
  window.context.on('request', (asked) => {
    const headers = Object.entries(asked.headers()).filter(([name]) => name !== 'authorization');
    const shown = [asked.url(), ...headers.flat(), asked.postData() ?? ''].join('\n');
    const inHeader = asked.headers()['authorization'] ?? '';
    if (shown.includes(token) || (key && (shown + inHeader).includes(key))) leaks.push(`${asked.method()} ${asked.url()}`);
  });
  window.leaks = leaks;
  window.secrets = [token, key].filter(Boolean);
}

// Nothing secret went out, and nothing of it stays in the browser.
export async function checkKeptSecret({ page, leaks, secrets }) {
  assert.deepEqual(leaks, []);
  const kept = await page.evaluate(async () => JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie, history.state, document.referrer,
    (await indexedDB.databases()).map(({ name }) => name),
  ]));
  for (const secret of secrets) assert.ok(!kept.includes(secret), kept);
}

export const file = (page, name) => page.locator('.outside-file').filter({ has: page.getByText(name, { exact: true }) });

export async function saved(page, click) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}
