// Builds the page into the folder given (default: dist). Run through ./build, which does it only where sources changed.
//
//   types     of the HTTP interface, from the OpenAPI document      src/api/schema.d.ts
//   check     all TypeScript; not with KITH_PAGE_TYPES=unchecked, for looking at something unfinished
//   bundle    one entry a page, screens as chunks                   app/*-<hash>.{js,css}
//             that of strangers apart from the others, with fewer texts: it is to load fast
//   pages     src/*.html with the bundles' names filled in
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const web = fileURLToPath(new URL('.', import.meta.url));
const out = process.argv[2] ?? join(web, 'dist');
const entries = { app: 'src/main.tsx', invite: 'src/invite.tsx' };
const strangers = { exchange: 'src/exchange.tsx', live: 'src/live.tsx' };

function run(program, ...args) {
  execFileSync(process.execPath, [join(web, 'node_modules', program), ...args], { cwd: web, stdio: 'inherit' });
}

run('openapi-typescript/bin/cli.js', '../daemon/api/openapi.json', '-o', 'src/api/schema.d.ts', '--silent');
if (process.env.KITH_PAGE_TYPES !== 'unchecked') run('typescript/bin/tsc', '--noEmit');

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const fewerTexts = {
  name: 'fewer-texts',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/(en|de)\/index\.ts$/ }, ({ path, resolveDir }) => ({
    path: join(resolveDir, path.replace('index.ts', 'strangers.ts')),
  })),
};

const bundle = (entryPoints, plugins = []) => esbuild.build({
  absWorkingDir: web,
  entryPoints: Object.entries(entryPoints).map(([name, file]) => ({ in: file, out: name })),
  plugins,
  outdir: join(out, 'app'),
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'safari16', 'firefox115', 'chrome110'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  metafile: true,
  legalComments: 'linked',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  logLevel: 'warning',
});

const keysIn = async (file) => [...(await readFile(join(web, file), 'utf8')).matchAll(/'([a-z]\w*(?:\.\w+)+)'/g)].map(([, key]) => key);

// What strangers' pages say must be among the texts they load.
async function checkTexts({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs)).filter((file) => file.startsWith('src/'));
  const loaded = inputs.filter((file) => file.startsWith('src/i18n/en/'));
  const topics = (await readdir(join(web, 'src/i18n/en'))).map((name) => `src/i18n/en/${name}`);
  const keys = async (files) => new Set((await Promise.all(files.map(keysIn))).flat());
  const [all, there] = [await keys(topics), await keys(loaded)];
  const said = await keys(inputs.filter((file) => !file.startsWith('src/i18n/')));
  const missing = [...said].filter((key) => all.has(key) && !there.has(key));
  if (missing.length > 0) throw new Error(`texts that strangers' pages do not load: ${missing.join(', ')}`);
}

const forMembers = await bundle(entries);
const forStrangers = await bundle(strangers, [fewerTexts]);
await checkTexts(forStrangers.metafile);
const outputs = { ...forMembers.metafile.outputs, ...forStrangers.metafile.outputs };

// What the browser has to load for an entry: its script, its style sheet.
function bundleOf(entry) {
  for (const [file, output] of Object.entries(outputs)) {
    if (output.entryPoint === entry) {
      const name = (path) => 'app/' + basename(path);
      return { script: name(file), style: output.cssBundle ? name(output.cssBundle) : undefined };
    }
  }
  throw new Error(`no bundle for ${entry}`);
}

const pages = { 'index.html': entries.app, 'invite.html': entries.invite, 'exchange.html': strangers.exchange, 'live.html': strangers.live };
for (const [page, entry] of Object.entries(pages)) {
  const { script, style } = bundleOf(entry);
  const text = await readFile(join(web, 'src', page), 'utf8');
  await writeFile(join(out, page), text.replace('%script%', script).replace('%style%', style));
}
for (const file of await readdir(join(web, 'public'))) await cp(join(web, 'public', file), join(out, file));

const sizes = Object.entries(outputs).map(([file, { bytes }]) => [relative(out, join(web, file)), bytes]);
for (const [file, bytes] of sizes.sort((a, b) => b[1] - a[1])) console.log(`${String(bytes).padStart(8)}  ${file}`);
