// Files on their way to the daemon: some at a time, the others wait. Without an answer from the daemon the whole queue
// waits and goes on by itself; a file fails alone only for a reason of its own. Nothing is ever stored twice: an attempt whose
// answer was lost is repeated with its key. All that it needs from outside is handed in, for tests.
import { signal } from '@preact/signals';
import { asProblem, type Problem } from '../api/problem.ts';
import { Meter } from '../media/meter.ts';
import { type Planned } from './plan.ts';
import { type Sending } from './send.ts';
import { canRetry, type Failure, type Place, type Upload } from './upload.ts';

export interface Surroundings {
  send: (sending: Sending) => Promise<void>;
  isReadable: (file: File) => Promise<boolean>;
  isReachable: () => Promise<boolean>;
  onBegun: (id: string, file: File) => void;  // there is a place for it, with room for all of it
  onEnded: (id: string, discarded: boolean) => void;  // its place is not needed any more
  free: () => number | undefined;             // bytes of the quota that are left; undefined while not known
  onStored: (size: number) => void;           // bytes of the quota that are taken now
  newKey: () => string;
  now: () => number;                          // milliseconds
  after: (milliseconds: number, act: () => void) => void;
}

export type Standing = 'going' | 'paused' | 'offline';

const kAtATime = 3;
const kTries = 20;                                      // of what a busy daemon puts off; a stuck request ends after a minute
const kBreaks = 3;
const kLongestPause = 15_000;                           // milliseconds
const kTold = 200;                                      // milliseconds between two news of progress
const kKeysUsedUp = 600;                                // seconds: who says to wait as long means the day's keys
export const kResumableFrom = 8 * 1024 * 1024;          // bytes; smaller ones are soon sent again
const kPuttingOff = ['busy', 'too_many_requests', 'request_timeout', 'conflict', 'locked'];

export class UploadQueue {
  readonly changed = signal(0);
  readonly standing = signal<Standing>('going');
  readonly meter = new Meter();
  uploads: Upload[] = [];
  private lastId = 0;
  private moved = 0;                                    // bytes, in all
  private told = 0;
  private probing = false;
  private probePause = 1000;
  private keyless = false;

  constructor(private readonly around: Surroundings) {}

  add(planned: readonly Planned[]): void {
    for (const { file, name, mistake } of planned) {
      const place = file.size >= kResumableFrom ? { id: undefined, kept: 0 } : undefined;
      this.put(file, name, place, mistake && { kind: 'name', mistake });
    }
    this.pump();
  }

  // What an earlier visit began, or an earlier attempt here.
  goOn(file: File, name: string, place: Place): void {
    this.uploads = this.uploads.filter((one) => one.place?.id !== place.id);
    this.put(file, name, place);
    this.pump();
  }

  private put(file: File, name: string, place: Place | undefined, failure?: Failure): void {
    this.uploads.push({
      id: ++this.lastId, file, name, place, failure, meter: new Meter(), sent: place?.kept ?? 0, key: this.freshKey(), tries: 0, breaks: 0, notBefore: 0,
      state: failure ? 'failed' : 'waiting',
    });
  }

  // ---- what a person asks for

  pause(upload: Upload): void {
    if (upload.state === 'waiting' || upload.state === 'running') this.interrupt(upload, 'paused');
    this.pump();
  }

  resume(upload: Upload): void {
    if (upload.state === 'paused') this.ready(upload);
    this.pump();
  }

  pauseAll(): void {
    this.standing.value = 'paused';
    for (const one of this.uploads) if (one.state === 'running') this.interrupt(one, 'waiting');
    this.touch();
  }

  resumeAll(): void {
    this.standing.value = 'going';
    for (const one of this.uploads) if (one.state === 'paused') this.ready(one);
    this.pump();
  }

  retry(upload: Upload): void {
    if (upload.state === 'failed' && canRetry(upload)) this.ready(upload);
    this.pump();
  }

  retryFailed(): void {
    for (const one of this.uploads) if (one.state === 'failed' && canRetry(one)) this.ready(one);
    this.pump();
  }

  cancel(upload: Upload): void {
    this.uploads = this.uploads.filter((one) => one !== upload);
    this.drop(upload);
    this.pump();
  }

  cancelAll(): void {
    const all = this.uploads;
    this.forgetAll();
    for (const one of all) this.drop(one);
  }

  // What is at the daemon stays there.
  forgetAll(): void {
    const all = this.uploads;
    this.uploads = [];
    for (const one of all) one.control?.abort();
    this.standing.value = 'going';
    this.touch();
  }

  private drop({ control, place, state, file }: Upload): void {
    control?.abort();
    if (place?.id === undefined || state === 'done') return;
    this.around.onStored(-file.size);
    this.around.onEnded(place.id, true);
  }

  // Takes what is over off the list; what failed only with the rest of it gone too.
  clearDone(): void {
    this.uploads = this.uploads.filter(({ state }) => state !== 'done');
    this.touch();
  }

  // ---- what goes on by itself

  // There is no daemon, or nobody is logged in: all wait until there is.
  suspend(): void {
    if (this.standing.value !== 'going' || this.uploads.length === 0) return;
    this.standing.value = 'offline';
    for (const one of this.uploads) if (one.state === 'running') this.interrupt(one, 'waiting');
    this.probePause = 1000;
    this.probeLater();
    this.touch();
  }

  // Perhaps the daemon can be reached again.
  nudge(): void {
    if (this.standing.value === 'offline') void this.probe();
  }

  private pump(): void {
    const running = this.uploads.filter(({ state }) => state === 'running');
    const names = new Set(running.map(({ name }) => name));
    for (const one of this.uploads) {
      if (this.standing.value !== 'going' || names.size >= kAtATime) break;
      // Two versions of one name come in the order they were given.
      if (one.state !== 'waiting' || one.notBefore > this.around.now() || names.has(one.name)) continue;
      if (this.begin(one)) names.add(one.name);
    }
    this.touch();
  }

  // False: there is no room for it.
  private begin(upload: Upload): boolean {
    // What has a place has its room already.
    const held = this.uploads.reduce((sum, { state, file, place }) => (state === 'running' && !place?.id ? sum + file.size : sum), 0);
    const free = this.around.free();
    if (free !== undefined && !upload.place?.id && upload.file.size > free - held) {
      this.fail(upload, { kind: 'no_room', size: upload.file.size, free: Math.max(0, free - held) });
      return false;
    }
    upload.state = 'running';
    if (!upload.place) upload.sent = 0;
    upload.control = new AbortController();
    void this.run(upload, upload.control.signal);
    return true;
  }

  private async run(upload: Upload, signal: AbortSignal): Promise<void> {
    const { file, name, key, place } = upload;
    upload.meter.note(upload.sent, this.around.now());
    const heard = <Told>(act: (told: Told) => void) => (told: Told) => { if (!signal.aborted) act(told); };
    try {
      await this.around.send({
        file, name, key, place, signal,
        onProgress: heard((bytes) => this.progress(upload, bytes)), onPlace: heard((told) => this.settle(upload, told)),
      });
      if (signal.aborted) return;
      this.progress(upload, file.size);
      upload.state = 'done';
      if (upload.place?.id) this.around.onEnded(upload.place.id, false);
      else this.around.onStored(file.size);
    } catch (reason) {
      if (!signal.aborted) await this.stumble(upload, asProblem(reason), signal);
    }
    this.pump();
  }

  // Getting on makes good for what went wrong before.
  private settle(upload: Upload, told: Place): void {
    const before = upload.place;
    upload.place = told;
    if (told.id !== undefined && before?.id === undefined) {
      this.around.onStored(upload.file.size);
      this.around.onBegun(told.id, upload.file);
    }
    if (told.kept > (before?.kept ?? 0)) Object.assign(upload, { tries: 0, breaks: 0 });
  }

  // A key is kept for a day, and there are only so many: beyond them a repeat is told by its equal content alone.
  private freshKey(): string {
    return this.keyless ? '' : this.around.newKey();
  }

  private async stumble(upload: Upload, problem: Problem, signal: AbortSignal): Promise<void> {
    if (problem.code === 'offline' || problem.code === 'unauthorized') return this.lose(upload, signal);
    if (upload.place?.id && (problem.status === 404 || problem.status === 410) && ++upload.breaks < kBreaks) {
      this.around.onEnded(upload.place.id, false);  // the daemon has given it up: from the beginning
      this.around.onStored(-upload.file.size);
      Object.assign(upload, { place: { id: undefined, kept: 0 }, sent: 0, key: this.freshKey() });
      return this.later(upload, 0);
    }
    if (problem.code === 'idempotency_mismatch' && ++upload.breaks < kBreaks) {
      upload.key = this.freshKey();  // the file has changed since the first attempt
      return this.later(upload, 0);
    }
    if (problem.code === 'too_many_requests' && (problem.retryAfter ?? 0) >= kKeysUsedUp && upload.key) {
      this.keyless = true;
      upload.key = '';
      return this.later(upload, 0);
    }
    if (!kPuttingOff.includes(problem.code) || ++upload.tries > kTries) return this.fail(upload, { kind: 'refused', problem });
    this.later(upload, problem.retryAfter !== undefined ? problem.retryAfter * 1000 : Math.min(1000 * upload.tries, 5000));
  }

  // No answer: is it the file, this one connection, or the daemon?
  private async lose(upload: Upload, signal: AbortSignal): Promise<void> {
    const readable = await this.around.isReadable(upload.file);
    if (signal.aborted) return;
    if (!readable) return this.fail(upload, { kind: 'unreadable' });
    const reachable = await this.around.isReachable();
    if (signal.aborted) return;
    if (reachable) {
      if (++upload.breaks >= kBreaks) return this.fail(upload, { kind: 'broken' });
      return this.later(upload, 1000 * upload.breaks);
    }
    this.ready(upload);
    this.suspend();
  }

  private probeLater(): void {
    this.around.after(this.probePause, () => void this.probe());
    this.probePause = Math.min(2 * this.probePause, kLongestPause);
  }

  private async probe(): Promise<void> {
    if (this.probing || this.standing.value !== 'offline') return;
    this.probing = true;
    const reachable = await this.around.isReachable();
    this.probing = false;
    if (this.standing.value !== 'offline') return;
    if (!reachable) return this.probeLater();
    this.standing.value = 'going';
    this.pump();
  }

  // ---- one file's state

  // An attempt that did not get all its bytes out stored nothing: it needs no key to be told from the next one, which then
  // need not wait until the daemon has given the first one up. What has a place, or may have got one without our hearing of
  // it, goes on there.
  private rewind(upload: Upload): void {
    if (upload.place) return;
    if (upload.sent < upload.file.size) upload.key = this.freshKey();
    upload.sent = 0;
  }

  private ready(upload: Upload): void {
    this.rewind(upload);
    Object.assign(upload, { state: 'waiting', failure: undefined, control: undefined, tries: 0, notBefore: 0 });
  }

  private interrupt(upload: Upload, state: 'waiting' | 'paused'): void {
    const { control } = upload;
    this.ready(upload);
    upload.state = state;
    control?.abort();
  }

  private later(upload: Upload, milliseconds: number): void {
    this.rewind(upload);
    Object.assign(upload, { state: 'waiting', control: undefined, notBefore: this.around.now() + milliseconds });
    this.around.after(milliseconds, () => this.pump());
  }

  private fail(upload: Upload, failure: Failure): void {
    Object.assign(upload, { state: 'failed', failure, control: undefined });
  }

  private progress(upload: Upload, bytes: number): void {
    const now = this.around.now();
    this.moved += Math.max(0, bytes - upload.sent);
    upload.sent = bytes;
    upload.meter.note(bytes, now);
    this.meter.note(this.moved, now);
    if (now - this.told >= kTold) this.touch();
  }

  private touch(): void {
    this.told = this.around.now();
    this.changed.value++;
  }
}
