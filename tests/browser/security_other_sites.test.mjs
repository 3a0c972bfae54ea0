// What websites of others try with a browser whose user is logged in here: framing the page, sending forms and requests
// in the user's name, reading what they may not, and coming under a name that leads to this machine. Each is tried from
// another site, and from another port of the same host: browsers call that the same site, and send Strict cookies along.

import assert from 'node:assert/strict';

import { png } from './lib/photos.mjs';
import { story } from './lib/story.mjs';
import { until } from './lib/waiting.mjs';

const picture = { headers: { 'content-type': 'image/png' }, body: png() };

// Alice's instance, her window logged in to it, and a website of somebody else with `pages`.
async function scene(stage, pages = {}) {
  const home = await stage.instance({ name: "Alice's house" });
  const alice = await home.addUser('alice', { admin: true });
  const site = await stage.website({ '/': '<!doctype html><title>Other</title>', '/p.png': picture, ...pages });
  const { context, guard, session } = await stage.open(home, { as: alice, path: null });
  const elsewhere = [
    { from: 'another site', cookieComes: false, url: site.urlAs('evil.example') },
    { from: 'another port', cookieComes: true, url: site.url },
  ];
  return { home, alice, site, context, guard, session, elsewhere };
}

// A page of the website at `url`, in the victim's window.
async function visit(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

// The instance's answer to the request that `send` makes it get from the page.
async function answerTo(page, home, send) {
  const [answer] = await Promise.all([page.waitForResponse((a) => a.url().startsWith(home.url)), send()]);
  return {
    status: answer.status(),
    code: await answer.json().then(
      (problem) => problem.code,
      () => null,
    ),
  };
}

const cookies = async (context) => JSON.stringify((await context.cookies()).map(({ name, value }) => [name, value]));

story('no page of others shows ours in a frame', async (stage) => {
  const { home, context, guard, elsewhere } = await scene(stage);
  const frame = (page, address) =>
    page.evaluate((src) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src }));
    }, address);
  for (const { url } of elsewhere) {
    const page = await visit(context, url);
    // A picture of their own shows that frames work at all.
    await frame(page, `${url}p.png`);
    await until(() => page.frames().at(-1).url() === `${url}p.png`, 'a frame');
    for (const path of ['', 'invite']) {
      const failed = page.waitForEvent('requestfailed', (asked) => asked.url() === home.url + path);
      await frame(page, home.url + path);
      assert.equal((await failed).failure().errorText, 'net::ERR_BLOCKED_BY_RESPONSE', `/${path} in a frame of ${url}`);
    }
    assert.ok(!page.frames().some((one) => one.url().startsWith(home.url)));
  }
  await guard.takeProblems();
});

story('forms of others change nothing', async (stage) => {
  const { home, alice, context, guard, elsewhere } = await scene(stage);
  const before = await cookies(context);
  const login = JSON.stringify({ email: alice.email, password: alice.password, x: '=' });
  const forms = [
    // A form's field name and value make "name=value": JSON as text/plain, if one takes it for that.
    { to: 'files?filename=planted.txt', fields: [['planted', 'text']] },
    { to: 'api/connections', fields: [['{"peer":"mallory@evil.example","purpose":"', '"}']] },
    { to: 'api/session/renew', fields: [] },
    { to: 'api/session', fields: [login.split('=')] },
  ];
  for (const { from, url, cookieComes } of elsewhere) {
    for (const { to, fields } of forms) {
      const page = await visit(context, url);
      const submit = () =>
        page.evaluate(
          ([action, pairs]) => {
            const form = document.createElement('form');
            Object.assign(form, { action, method: 'post', enctype: 'text/plain' });
            for (const [name, value] of pairs) {
              form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
            }
            document.body.append(form);
            form.submit();
          },
          [home.url + to, fields],
        );
      const { status, code } = await answerTo(page, home, submit);
      const refused = { [true]: ['403 csrf'], [false]: ['401 unauthorized', '403 csrf'] }[cookieComes];
      const ofLogIn = to === 'api/session' ? ['415 unsupported_media_type', '403 csrf'] : refused;
      assert.ok(ofLogIn.includes(`${status} ${code}`), `${to} from ${from}: ${status} ${code}`);
    }
  }
  assert.deepEqual((await alice.get('/api/assets')).items, []);
  assert.deepEqual((await alice.get('/api/connections')).items, []);
  assert.equal(await cookies(context), before);
  await guard.takeProblems();
});

story('scripts of others change nothing and read nothing', async (stage) => {
  const { home, alice, context, guard, session, elsewhere } = await scene(stage);
  const photo = await alice.upload('beach.png', png());
  const before = await cookies(context);
  const credentials = 'include';
  const json = { 'content-type': 'application/json' };
  const attempts = [
    ['api/session', { credentials }],
    ['api/assets', { credentials }],
    [`api/assets/${photo.id}/content`, { credentials }],
    ['api/openapi.json', {}],
    ['files?filename=planted.txt', { method: 'POST', credentials, body: 'text' }],
    ['api/session', { method: 'DELETE', credentials }],
    [`api/assets/${photo.id}`, { method: 'DELETE', credentials }],
    // A thief who knows the value is stopped by the browser's question beforehand.
    [`api/assets/${photo.id}`, { method: 'DELETE', credentials, headers: { 'x-kith-csrf': session.csrf } }],
    ['api/session', { method: 'POST', credentials, headers: json, body: '{"email":"a@b.example","password":"x"}' }],
  ];
  for (const { from, url } of elsewhere) {
    const page = await visit(context, url);
    for (const [path, options] of attempts) {
      const seen = await page.evaluate(
        async ([address, how]) => {
          const readable = await fetch(address, how).then(
            (answer) => answer.text(),
            () => null,
          );
          // Without the right to read, requests that need no question beforehand still go out.
          const opaque = await fetch(address, { ...how, mode: 'no-cors' }).then(
            (answer) => answer.text(),
            () => null,
          );
          return readable ?? opaque;
        },
        [home.url + path, options],
      );
      assert.ok(seen === null || seen === '', `${options.method ?? 'GET'} ${path} from ${from} was read: ${seen}`);
    }
  }
  const kept = (await alice.get('/api/assets')).items.map((asset) => asset.name);
  assert.deepEqual(kept, ['beach.png']);
  assert.equal(await cookies(context), before);
  const still = await context.request.get(`${home.url}api/session`);
  assert.equal(still.status(), 200);
  // It was the instance's answers that the browser kept from them, not the browser's own rules for this machine.
  const found = await guard.takeProblems();
  assert.ok(found.includes('failed: net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin GET /api/session'), found.join('\n'));
  assert.ok(!found.some((problem) => problem.includes('address space')), found.join('\n'));
});

story('pages of others show no photo, run no answer and hear no event', async (stage) => {
  const { home, alice, site, context, guard, elsewhere } = await scene(stage);
  const photo = await alice.upload('beach.png', png());
  for (const { from, url } of elsewhere) {
    const page = await visit(context, url);
    const outcome = (element, address) =>
      page.evaluate(
        ([name, src]) =>
          new Promise((done) => {
            const loading = Object.assign(document.createElement(name), { src });
            loading.addEventListener('load', () => done('shown'));
            loading.addEventListener('error', () => done('stopped'));
            document.body.append(loading);
          }),
        [element, address],
      );
    assert.equal(await outcome('img', `${site.urlAs('images.example')}p.png`), 'shown');
    assert.equal(await outcome('img', `${home.url}api/assets/${photo.id}/content`), 'stopped', from);
    assert.equal(await outcome('script', `${home.url}api/session`), 'stopped', from);
    const events = await page.evaluate(
      (address) =>
        new Promise((done) => {
          const source = new EventSource(address, { withCredentials: true });
          source.addEventListener('hello', () => done('heard'));
          source.addEventListener('error', () => (source.close(), done('stopped')));
        }),
      `${home.url}api/events`,
    );
    assert.equal(events, 'stopped', from);
  }
  const found = await guard.takeProblems();
  const shut = `failed: net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin GET /api/assets/${photo.id}/content`;
  assert.equal(found.filter((problem) => problem === shut).length, elsewhere.length, found.join('\n'));
});

story(
  'a link from another site comes without the cookie, and the page finds its session all the same',
  async (stage) => {
    const { home, alice, context, guard, elsewhere } = await scene(stage);
    const status = async (page, go) => (await answerTo(page, home, go)).status;
    const follow = (page, address) =>
      page.evaluate((href) => {
        const link = Object.assign(document.createElement('a'), { href });
        document.body.append(link);
        link.click();
      }, address);
    const typed = await context.newPage();
    assert.equal(await status(typed, () => typed.goto(`${home.url}api/session`)), 200);
    const [{ url }] = elsewhere;
    const linked = await visit(context, url);
    assert.equal(await status(linked, () => follow(linked, `${home.url}api/session`)), 401);

    const page = await visit(context, url);
    const session = page.waitForResponse(`${home.url}api/session`);
    await follow(page, home.url);
    const answer = await session;
    assert.equal(answer.status(), 200);
    assert.equal((await answer.json()).user.id, alice.id);
    await guard.takeProblems();
  },
);

story('a name of others that leads here gets nothing', async (stage) => {
  const { home, alice, context, guard } = await scene(stage);
  const disguised = `http://evil.example:${home.localPort}/`;
  const page = await context.newPage();
  // Whatever page has that name now may ask for everything, and to the browser all of it is one origin.
  assert.equal((await page.goto(disguised)).status(), 421);
  const tried = await page.evaluate(
    async (login) => {
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(login) };
      const wanted = [
        ['/'],
        ['/api/welcome'],
        ['/api/session'],
        ['/api/openapi.json'],
        ['/healthz'],
        ['/.well-known/kith'],
        ['/api/session', post],
        ['/api/set-up', post],
        ['/api/events'],
      ];
      const read = async ([path, options]) => {
        const answer = await fetch(path, options);
        return { path, status: answer.status, text: await answer.text() };
      };
      return Promise.all(wanted.map(read));
    },
    { email: alice.email, password: alice.password },
  );
  for (const { path, status, text } of tried) {
    assert.equal(status, 421, `${path}: ${text}`);
    assert.ok(!text.includes(home.name) && !text.includes(home.domain), `${path}: ${text}`);
  }
  assert.deepEqual(await context.cookies(disguised), []);
  // The same requests under the right name are answered.
  assert.equal((await context.request.get(`${home.url}api/welcome`)).status(), 200);
  await guard.takeProblems();
});

story('a window that others opened is out of their reach', async (stage) => {
  const { home, context, guard, elsewhere } = await scene(stage);
  for (const { from, url } of elsewhere) {
    const page = await visit(context, url);
    const opened = async (address) => {
      const [popup] = await Promise.all([
        context.waitForEvent('page'),
        page.evaluate((where) => void (window.opened = window.open(where)), address),
      ]);
      await popup.waitForURL(address);
      return page.evaluate(() => (window.opened.closed ? 'out of reach' : 'in reach'));
    };
    assert.equal(await opened(`${url}p.png`), 'in reach', from);
    assert.equal(await opened(`${home.url}#/files`), 'out of reach', from);
  }
  await guard.takeProblems();
});
