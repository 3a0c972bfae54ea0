// The harness itself: a page that does what no page of ours may do is caught at it, and a good one is left alone.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { accessibilityViolations, checkAccessibility } from './lib/a11y.mjs';
import { listen, request, stopServer } from './lib/http.mjs';
import { jpeg, png } from './lib/photos.mjs';
import { connect } from './lib/people.mjs';
import { startProxy } from './lib/proxy.mjs';
import { checkNoSidewaysScroll, settled, shoot } from './lib/screenshots.mjs';
import { story } from './lib/story.mjs';

const STRICT = "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

function html(body, head = '') {
  return `<!doctype html><html lang="en"><title>A page</title>${head}<main><h1>A page</h1>${body}</main></html>`;
}

function script(text) {
  return { headers: { 'content-type': 'text/javascript' }, body: text };
}

// The guard's problems with one page; `more` are the other files of its site.
async function problemsWith(stage, page, more = {}) {
  const site = await stage.website({ '/': page, ...more });
  const { guard } = await stage.open(site.url);
  return { site, found: await guard.takeProblems() };
}

story('a good page is left alone', async (stage) => {
  const script_ = script('console.log("hello"); localStorage.setItem("a", "b")');
  const page = {
    headers: { 'content-security-policy': STRICT },
    body: html('<img alt="" src="p.png">', '<script src="s.js" defer></script>'),
  };
  const { found } = await problemsWith(stage, page, {
    '/s.js': script_,
    '/p.png': { headers: { 'content-type': 'image/png' }, body: png() },
  });
  assert.deepEqual(found, []);
});

story('errors and warnings on the console', async (stage) => {
  const { found } = await problemsWith(
    stage,
    html('<script>console.error("oh no"); console.warn("hm"); console.info("fine")</script>'),
  );
  assert.deepEqual(found, ['console: error: oh no (/:0)', 'console: warning: hm (/:0)']);
});

story('exceptions nobody caught', async (stage) => {
  const { found } = await problemsWith(
    stage,
    html('<script>Promise.reject(new Error("forgotten")); null.length</script>'),
  );
  assert.equal(found.length, 2);
  assert.match(found.join('\n'), /exception: forgotten/);
  assert.match(found.join('\n'), /exception: Cannot read properties of null/);
});

story('violations of the policy, by inline script, styles, other hosts and strings as HTML', async (stage) => {
  const body = html(
    '<p onclick="x()">a</p><p style="color:red">b</p><img alt="" src="https://elsewhere.example/p.png">',
    '<script>alert(1)</script><script src="s.js" defer></script>',
  );
  const page = { headers: { 'content-security-policy': STRICT }, body };
  const { found } = await problemsWith(stage, page, { '/s.js': script('document.body.innerHTML = "<b>x</b>"') });
  for (const directive of [
    'script-src-elem',
    'script-src-attr',
    'style-src-attr',
    'img-src',
    'require-trusted-types-for',
  ]) {
    assert.ok(
      found.some((problem) => problem.startsWith(`csp: ${directive}: `)),
      `${directive} not in ${found.join('\n')}`,
    );
  }
  assert.ok(found.includes('origin: GET https://elsewhere.example/p.png'), found.join('\n'));
});

story('requests to another origin, another port included, unless they are expected', async (stage) => {
  const other = await stage.website({ '/p.png': { headers: { 'content-type': 'image/png' }, body: png() } });
  const page = html(`<img alt="" src="${other.url}p.png"><img alt="" src="${other.urlAs('cdn.example')}p.png">`);
  const { found, site } = await problemsWith(stage, page);
  assert.deepEqual(
    found.sort(),
    [`origin: GET ${other.urlAs('cdn.example')}p.png`, `origin: GET ${other.url}p.png`].sort(),
  );
  const { guard } = await stage.open(site.url, { origins: [other.url, other.urlAs('cdn.example')] });
  assert.deepEqual(await guard.problems(), []);
});

story('no name but those for tests leads anywhere', async (stage) => {
  const { found } = await problemsWith(stage, html('<img alt="" src="http://www.debian.org/p.png">'));
  assert.ok(found.includes('failed: net::ERR_NAME_NOT_RESOLVED GET http://www.debian.org/p.png'), found.join('\n'));
});

story('assets that are missing, and answers that are errors', async (stage) => {
  const page = html('<img alt="" src="api/things">', '<link rel="stylesheet" href="missing.css">');
  const { found, site } = await problemsWith(stage, page, { '/api/things': { status: 409 } });
  assert.deepEqual(found.sort(), ['status: 404 GET /missing.css', 'status: 409 GET /api/things']);
  const { guard } = await stage.open(site.url, { path: null });
  guard.allow('status', '409 GET /api/things');
  guard.allow('status', /\.css$/);
  await stage.windows.at(-1).page.goto(site.url);
  assert.deepEqual(await guard.problems(), []);
});

story('dialogs', async (stage) => {
  const { found } = await problemsWith(stage, html('<script>confirm("really?")</script>'));
  assert.deepEqual(found, ['dialog: confirm: really?']);
});

story('what a window opened later does', async (stage) => {
  const site = await stage.website({
    '/': html('<a href="other" target="_blank">more</a>'),
    '/other': html('<script>console.error("me too")</script>'),
  });
  const { context, page, guard } = await stage.open(site.url);
  const [second] = await Promise.all([context.waitForEvent('page'), page.click('a')]);
  await second.waitForLoadState();
  assert.deepEqual(await guard.takeProblems(), ['console: error: me too (/other:0)']);
});

story('axe, under a strict policy, and without a trace in the page', async (stage) => {
  const policy = { 'content-security-policy': STRICT };
  const site = await stage.website({
    '/': { headers: policy, body: html('<img src="p.png"><button></button>') },
    '/p.png': { headers: { 'content-type': 'image/png' }, body: png() },
    '/good': { headers: policy, body: html('<img src="p.png" alt="hills"><button>Go</button>') },
  });
  const { page } = await stage.open(site.url);
  await assert.rejects(checkAccessibility(page), (error) => {
    assert.match(error.message, /critical image-alt: /);
    assert.match(error.message, /critical button-name: /);
    assert.match(error.message, /<img src="p.png">/);
    return true;
  });
  await checkAccessibility(page, { skip: ['image-alt', 'button-name'] });
  await checkAccessibility(page, { within: 'h1' });
  await page.goto(`${site.url}good`);
  assert.deepEqual(await accessibilityViolations(page, { bestPractice: true }), []);
  assert.equal(await page.evaluate(() => typeof window.axe), 'undefined');
});

story('pages wider than a phone', async (stage) => {
  const site = await stage.website({
    '/': html('<div id="board" style="width: 400px">x</div>'),
    '/good': html('<p>x</p>'),
  });
  const { page } = await stage.open(site.url, { viewport: 'narrow' });
  await assert.rejects(checkNoSidewaysScroll(page), /<div id="board"/);
  await page.goto(`${site.url}good`);
  await checkNoSidewaysScroll(page);
});

story('screenshots, in light and dark and narrow, leave the page as it was', async (stage) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kith-screenshots-'));
  const before = process.env.KITH_SCREENSHOTS;
  process.env.KITH_SCREENSHOTS = folder;
  try {
    const dark = '<style>@media (prefers-color-scheme: dark) { html { background: black } }</style>';
    const site = await stage.website({ '/': html('<p>x</p>', dark) });
    const { page } = await stage.open(site.url, { colorScheme: 'dark' });
    await shoot(page, 'a-page');
    assert.deepEqual(fs.readdirSync(folder).sort(), ['a-page-dark.png', 'a-page-light.png', 'a-page-narrow.png']);
    const [inDark, inLight, narrow] = ['dark', 'light', 'narrow'].map((of) =>
      fs.readFileSync(`${folder}/a-page-${of}.png`),
    );
    assert.ok(!inDark.equals(inLight));
    assert.deepEqual(
      [inDark, inLight, narrow].map((file) => file.readUInt32BE(16)),
      [1280, 1280, 320],
    );
    assert.deepEqual(page.viewportSize(), { width: 1280, height: 800 });
    assert.equal(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches), true);
    await page.evaluate(() => document.body.append(Object.assign(document.createElement('img'), { width: 400 })));
    await assert.rejects(shoot(page, 'a-page'), /wider than the window/);
  } finally {
    if (before === undefined) delete process.env.KITH_SCREENSHOTS;
    else process.env.KITH_SCREENSHOTS = before;
    fs.rmSync(folder, { recursive: true });
  }
});

story('pictures made here are pictures to the browser', async (stage) => {
  const image = (type, body) => ({ headers: { 'content-type': type }, body });
  const site = await stage.website({
    '/': html('<img id="png" alt="" src="a.png"><img id="jpeg" alt="" src="a.jpg">'),
    '/a.png': image('image/png', png({ width: 333, height: 222 })),
    '/a.jpg': image('image/jpeg', jpeg({ width: 333, height: 222 })),
  });
  const { page } = await stage.open(site.url);
  await settled(page);
  for (const id of ['png', 'jpeg']) {
    assert.deepEqual(await page.$eval(`#${id}`, (i) => [i.naturalWidth, i.naturalHeight]), [333, 222]);
  }
  // The same picture twice: the sky of the JPEG is that of the PNG, but for rounding.
  const skies = await page.evaluate(() =>
    ['png', 'jpeg'].map((id) => {
      const canvas = document.createElement('canvas');
      const drawing = canvas.getContext('2d');
      drawing.drawImage(document.getElementById(id), 0, 0);
      return [...drawing.getImageData(300, 20, 1, 1).data];
    }),
  );
  skies[0].forEach((channel, i) => assert.ok(Math.abs(channel - skies[1][i]) <= 6, JSON.stringify(skies)));
});

story('two instances, their people and a connection', async (stage) => {
  const [left, right] = [await stage.instance({ name: 'Left' }), await stage.instance({ name: 'Right' })];
  const alice = await left.addUser('alice', { admin: true });
  const bob = await right.addUser('bob');
  const { aliceSide } = await connect(alice, bob);
  assert.equal((await alice.get(`/api/connections/${aliceSide}`)).verified, true);
  const photo = await bob.upload('hills.jpg', jpeg());
  await bob.share([photo], alice);
  const seen = await alice.get('/api/assets', { owner: bob.address });
  assert.deepEqual(
    seen.items.map((asset) => asset.name),
    ['hills.jpg'],
  );
  await right.restart();
  assert.equal((await right.request('GET', '/healthz')).status, 200);
});

story('the proxy streams both ways and takes its path away', async (stage) => {
  let heard = null;
  const behind = http.createServer((asked, answer) => {
    heard = { url: asked.url, from: asked.headers['x-forwarded-for'] };
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write('data: first\n\n');
    asked.on('data', (piece) => answer.write(`data: ${piece}\n\n`));
    asked.on('end', () => answer.end());
  });
  const proxy = await startProxy('/kith/');
  try {
    proxy.forwardTo({ localPort: await listen(behind) });
    // Each side waits for the other's next piece: whoever holds one back stops everything.
    const said = await new Promise((resolve, reject) => {
      const sent = http.request(`${proxy.url}api/events?x=1`, { method: 'POST', agent: false }, (answer) => {
        let text = '';
        answer.on('data', (piece) => {
          text += piece;
          if (text.endsWith('first\n\n')) sent.write('second');
          if (text.endsWith('second\n\n')) sent.end();
        });
        answer.on('end', () => resolve(text));
      });
      sent.on('error', reject);
      sent.flushHeaders();
    });
    assert.equal(said, 'data: first\n\ndata: second\n\n');
    assert.deepEqual(heard, { url: '/api/events?x=1', from: '127.0.0.1' });
    assert.equal((await request('GET', new URL('/other', proxy.url).href)).status, 404);
    assert.equal((await request('GET', new URL('/kith', proxy.url).href)).headers.location, '/kith/');
  } finally {
    await proxy.close();
    await stopServer(behind);
  }
});

// What a person sees of a failure: the story's name, the guard's list, the daemon's last words, a picture.
test('a story that fails says why', { timeout: 120_000 }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kith-failures-'));
  const failing = fileURLToPath(new URL('lib/failing_stories.mjs', import.meta.url));
  const environment = { ...process.env, KITH_BROWSER_FAILURES: folder };
  delete environment.NODE_TEST_CONTEXT; // a run of its own, whose failures are not ours
  const { status, said } = await new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--test-reporter=spec', '--test', failing],
      { env: environment },
      (error, stdout, stderr) => resolve({ status: error?.code ?? 0, said: stdout + stderr }),
    );
  });
  assert.equal(status, 1, said);
  assert.match(said, /console: error: nobody asked/, said);
  assert.match(said, /the end of Failing's log:\n[^]*listening/, said);
  assert.match(said, /a story without an end: not done within 2 s/, said);
  assert.match(said, /Failing ended with SIGKILL/, said);
  assert.deepEqual(fs.readdirSync(folder), ['a-page-that-complains-1.png']);
  fs.rmSync(folder, { recursive: true });
});
