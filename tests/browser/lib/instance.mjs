// A kithd of its own: a process, a data folder, two ports. start() and stop() as often as a test likes; the data folder
// stays until close().

import { spawn, execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { request } from './http.mjs';
import { Person } from './people.mjs';
import { until, withDeadline } from './waiting.mjs';

export const SOURCE = fileURLToPath(new URL('../../..', import.meta.url));
const KITHD = process.env.KITHD ?? path.join(SOURCE, 'build/release/bin/kithd');
const KEPT_LOG_LINES = 2000;

// Nothing is left running or lying about, whatever ends the test program.
const running = new Set();
const directories = new Set();
process.on('exit', () => {
  running.forEach((child) => child.kill('SIGKILL'));
  directories.forEach((directory) => fs.rmSync(directory, { recursive: true, force: true }));
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(1));
}

// None of those that the system gives to outgoing connections: one of them might take it before it is used.
export function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(freePort()));
    probe.listen(10_000 + Math.floor(Math.random() * 22_000), '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export class Instance {
  // `settings` are sections of the configuration, laid over what config() says.
  static async create({ name = 'Kith', settings = {} } = {}) {
    const instance = new Instance();
    instance.name = name;
    instance.settings = settings;
    instance.localPort = await freePort();
    instance.publicPort = await freePort();
    instance.domain = settings.instance?.domain ?? `127.0.0.1:${instance.publicPort}`;
    const base = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
    instance.directory = fs.mkdtempSync(path.join(base, 'kith-browser-'));
    directories.add(instance.directory);
    return instance;
  }

  process = null;
  log = [];

  // Where the page is; ends with a slash.
  get url() {
    const shown = this.settings.web?.url;
    return shown ? `${shown}/` : `http://127.0.0.1:${this.localPort}/`;
  }

  get publicUrl() {
    return `http://127.0.0.1:${this.publicPort}/`;
  }

  // The configuration, as a person would write it.
  config() {
    const config = {
      instance: { domain: this.domain, name: this.name, data_dir: path.join(this.directory, 'data') },
      listen: { local: `127.0.0.1:${this.localPort}`, public: `127.0.0.1:${this.publicPort}` },
      federation: { allow_http: true, allow_private_addresses: true },
      storage: { keep_free: 0, synchronous: false },
      accounts: { argon2_passes: 1, argon2_memory_mib: 8 },
    };
    for (const [section, values] of Object.entries(this.settings)) {
      config[section] = Array.isArray(values) ? values : { ...config[section], ...values };
    }
    // A setting of null leaves the key out, for what a first start has to ask.
    return JSON.stringify(config, (_, value) => value ?? undefined, 1); // JSON is YAML
  }

  configFile() {
    const file = path.join(this.directory, 'kith.yaml');
    fs.writeFileSync(file, this.config());
    return file;
  }

  async start() {
    const child = spawn(KITHD, ['--config', this.configFile()], { stdio: ['ignore', 'ignore', 'pipe'] });
    running.add(child);
    this.process = child;
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (status, signal) => resolve(status ?? signal));
    }).finally(() => running.delete(child));
    const listening = this.#readLog(child.stderr);
    const ended = this.ended.then((status) => {
      throw new Error(`${this.name} did not start (${status}):\n${this.logTail()}`);
    });
    ended.catch(() => {}); // it ends some day, which is no error then
    try {
      await withDeadline(Promise.race([listening, ended]), 60_000, `start of ${this.name}`);
    } catch (error) {
      child.kill('SIGKILL');
      this.process = null;
      throw error;
    }
    return this;
  }

  // Collects the log; fulfilled by the line that says it listens.
  #readLog(stream) {
    let rest = '';
    stream.setEncoding('utf8');
    return new Promise((listening) => {
      stream.on('data', (piece) => {
        const lines = (rest + piece).split('\n');
        rest = lines.pop();
        this.log.push(...lines);
        this.log.splice(0, this.log.length - KEPT_LOG_LINES);
        if (lines.some((line) => line.includes('listening'))) {
          listening();
        }
      });
    });
  }

  // The exit status, or the name of the signal that ended it.
  async stop(signal = 'SIGTERM') {
    if (!this.process) {
      return 0;
    }
    this.process.kill(signal);
    const status = await withDeadline(this.ended, 60_000, `stop of ${this.name}`);
    this.process = null;
    return status;
  }

  async restart() {
    await this.stop();
    return this.start();
  }

  async close() {
    const status = await this.stop();
    fs.rmSync(this.directory, { recursive: true, force: true });
    // A sanitizer's report is a failure even where nobody looked at an answer.
    if (status !== 0) {
      throw new Error(`${this.name} ended with ${status}:\n${this.logTail(60)}`);
    }
  }

  logTail(lines = 30) {
    return this.log.slice(-lines).join('\n');
  }

  waitForLog(text, seconds) {
    const last = () => `a log line with "${text}"; the last ones are\n${this.logTail(10)}`;
    return until(() => this.log.find((line) => line.includes(text)), last, seconds);
  }

  // What `kithd ARGUMENTS` prints; an error when it fails.
  command(args, { stdin = '' } = {}) {
    return new Promise((resolve, reject) => {
      const child = execFile(
        KITHD,
        [...args, '--config', this.configFile()],
        { timeout: 60_000 },
        (error, stdout, stderr) =>
          error ? reject(new Error(`kithd ${args.join(' ')}: ${stderr || error.message}`)) : resolve(stdout.trim()),
      );
      child.stdin.on('error', () => {}); // a command that fails reads nothing
      child.stdin.end(stdin);
    });
  }

  // On the local listener, as nobody.
  request(method, target, options) {
    return request(method, `http://127.0.0.1:${this.localPort}${target}`, options);
  }

  // A user, logged in for setting up scenes.
  async addUser(handle, { admin = false, password = `${handle}'s own password` } = {}) {
    const email = `${handle}@mail.example`;
    const rights = admin ? ['--admin'] : [];
    await this.command(['user', 'add', email, '--handle', handle, ...rights, '--password-stdin'], {
      stdin: `${password}\n`,
    });
    return Person.logIn(this, email, password);
  }

  // A one-time link that logs `handle` in.
  async logInLink(handle) {
    const printed = await this.command(['user', 'log-in-link', handle]);
    const link = printed.match(/\S+#\/log-in\?token=\S+/)?.[0];
    if (!link) {
      throw new Error(`no log-in link in: ${printed}`);
    }
    return link;
  }

  // The one-time link of a first start, from the log.
  async setUpLink() {
    const line = await this.waitForLog('#/set-up?token=');
    return line.match(/https?:\/\/\S+#\/set-up\?token=[A-Za-z0-9._-]+/)[0];
  }
}
