// Runs the unit tests of the page's logic (test/*.test.ts) by node's own test runner; all of them, or those named.
//
//   node test.mjs [upload_queue.test.ts …]
//
// They run without a browser: what they import must not touch the document when it is loaded.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const folder = fileURLToPath(new URL('test', import.meta.url));
const wanted = process.argv.slice(2).map((name) => basename(name));
const found = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'));
const tests = wanted.length > 0 ? found.filter((name) => wanted.includes(name)) : found;
if (tests.length === 0) throw new Error('no such test');

const out = await mkdtemp(join(tmpdir(), 'kith-page-tests-'));
try {
  await esbuild.build({
    entryPoints: tests.map((name) => join(folder, name)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const files = tests.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=spec', ...files], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
