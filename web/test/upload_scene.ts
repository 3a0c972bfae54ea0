// A queue of uploads and a daemon that is played: what it gets is kept, what it answers the test says.
import { type Problem } from '../src/api/problem.ts';
import { type Surroundings, UploadQueue } from '../src/upload/queue.ts';
import { type Sending } from '../src/upload/send.ts';

export class UploadScene {
  sendings: (Sending & { answer: (problem?: Problem) => void })[] = [];
  timers: { at: number; act: () => void }[] = [];
  time = 0;
  readable = true;
  reachable = true;
  free: number | undefined;
  stored: number[] = [];
  begun: string[] = [];
  ended: string[] = [];
  keys = 0;
  readonly queue: UploadQueue;

  constructor() {
    const around: Surroundings = {
      send: (sending) => new Promise((resolve, reject) => {
        sending.signal.addEventListener('abort', () => reject(new Error('aborted')));
        this.sendings.push({ ...sending, answer: (problem) => (problem ? reject(problem) : resolve()) });
      }),
      isReadable: async () => this.readable,
      isReachable: async () => this.reachable,
      free: () => this.free,
      onStored: (size) => { this.stored.push(size); },
      onBegun: (id) => { this.begun.push(id); },
      onEnded: (id, discarded) => { this.ended.push(discarded ? `${id} discarded` : id); },
      newKey: () => `key ${++this.keys}`,
      now: () => this.time,
      after: (milliseconds, act) => { this.timers.push({ at: this.time + milliseconds, act }); },
    };
    this.queue = new UploadQueue(around);
  }

  add(...sizes: number[]) {
    this.queue.add(sizes.map((size, at) => ({ file: new File([new Uint8Array(size)], `f${at}`), name: `f${at}` })));
  }

  // Lets promises that are ready go on.
  async settle() {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async answer(at: number, problem?: Problem) {
    this.sendings[at]?.answer(problem);
    await this.settle();
  }

  async pass(milliseconds: number) {
    this.time += milliseconds;
    const due = this.timers.filter(({ at }) => at <= this.time);
    this.timers = this.timers.filter(({ at }) => at > this.time);
    for (const { act } of due) act();
    await this.settle();
  }

  get states() {
    return this.queue.uploads.map(({ state }) => state).join(' ');
  }
}
