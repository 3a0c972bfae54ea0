// Stories that must fail, each in its own way; harness.test.mjs runs them and looks at what is said.

import { story } from './story.mjs';

story('a page that complains', async (stage) => {
  await stage.instance({ name: 'Failing' });
  const site = await stage.website({ '/': '<!doctype html><script>console.error("nobody asked")</script>' });
  await stage.open(site.url);
});

story('a story without an end', () => new Promise(() => {}), { seconds: 2 });

story('a daemon that ends badly', async (stage) => {
  const home = await stage.instance({ name: 'Failing' });
  home.process.kill('SIGKILL');
  await home.ended;
});
