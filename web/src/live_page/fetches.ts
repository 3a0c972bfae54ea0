// All files of a live link. Some may be fetched beside each other, each by its own button; all of them come one after
// the other, into a folder where the browser lets pages write there.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Problem } from '../api/problem.ts';
import { type LiveFile, type LiveVisit } from '../live/fetching.ts';
import { chooseFolder, diskProblem, fileIn, type Target } from '../media/disk.ts';
import { chooseTarget, inMemory } from '../outside/saving.ts';
import { Line } from './line.ts';

type Open = (name: string) => Promise<Target>;

// What goes wrong with one file and need not go wrong with the next.
const kOfOneFile = ['transfer_ended', 'file_changed', 'too_large'];
const kPause = 400;   // milliseconds between two downloads of the browser, which drops what comes faster

export class Fetches {
  readonly lines: readonly Line[];
  readonly all = signal(false);                                        // whether all are being fetched
  readonly problem = signal<Problem | undefined>(undefined);           // with the folder for all
  readonly busy: ReadonlySignal<boolean> = computed(() => this.all.value || this.lines.some((one) => one.busy));
  readonly failed: ReadonlySignal<number> = computed(() => this.lines.filter(({ state }) => state.value.kind === 'failed').length);
  readonly forged: ReadonlySignal<boolean> = computed(() => this.lines.some(isForged));
  readonly complete: ReadonlySignal<boolean> = computed(() => this.lines.every(({ state }) => state.value.kind === 'done'));

  constructor(private readonly visit: LiveVisit, files: readonly LiveFile[]) {
    this.lines = files.map((file, number) => new Line(number, file));
  }

  // How many this browser can take.
  get fitting(): number {
    return this.lines.filter(({ tooLarge }) => !tooLarge).length;
  }

  // Must be called while a click is handled, as fetchAll(): the browser may ask where.
  fetch(line: Line): Promise<void> {
    return line.fetch(this.visit, () => chooseTarget(line.file.name));
  }

  async fetchAll(): Promise<void> {
    if (this.all.value) return;
    this.all.value = true;
    this.problem.value = undefined;
    try {
      await this.work(this.wanted);
    } catch (reason) {
      this.problem.value = diskProblem(reason);
    }
    for (const { queued } of this.lines) queued.value = false;
    this.all.value = false;
  }

  cancelAll(): void {
    for (const { queued } of this.lines) queued.value = false;
    for (const line of this.lines) line.cancel();
  }

  // What is not there yet; once all is there, everything again.
  private get wanted(): Line[] {
    const free = this.lines.filter((one) => !one.busy && !one.tooLarge);
    const missing = free.filter(({ state }) => state.value.kind !== 'done');
    return missing.length > 0 ? missing : free;
  }

  private async work(lines: readonly Line[]): Promise<void> {
    const open = await chooseOpen();
    if (!open) return;
    for (const { queued } of lines) queued.value = true;
    for (const line of lines) {
      if (!line.queued.value) continue;   // taken out
      await line.fetch(this.visit, () => open(line.file.name));
      const state = line.state.value;
      if (state.kind === 'failed' && !kOfOneFile.includes(state.problem.code)) return;
    }
  }
}

const isForged = ({ state: { value: state } }: Line) => state.kind === 'failed' && state.problem.code === 'not_authentic';

// Undefined: the person thought better of it.
async function chooseOpen(): Promise<Open | undefined> {
  if (!window.showDirectoryPicker) return spacedOut();
  const folder = await chooseFolder();
  return folder && ((name) => fileIn(folder, name));
}

function spacedOut(): Open {
  let number = 0;
  return async (name) => {
    if (number++ > 0) await new Promise((resolve) => setTimeout(resolve, kPause));
    return inMemory(name);
  };
}
