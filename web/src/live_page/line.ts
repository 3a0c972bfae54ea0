// One file of a live link, and what is being done about it.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Problem } from '../api/problem.ts';
import { type DownloadState, type LiveDownload, type LiveFile, type LiveVisit } from '../live/fetching.ts';
import { diskProblem, type Target } from '../media/disk.ts';
import { canStream, fits, kMostInMemory } from '../outside/saving.ts';

export type LineState = DownloadState | { kind: 'queued' };

export class Line {
  readonly download: Signal<LiveDownload | undefined> = signal<LiveDownload | undefined>(undefined);   // the newest one
  readonly queued = signal(false);
  private readonly refused = signal<Problem | undefined>(undefined);   // by the disk, before anything was fetched
  private choosing = false;

  readonly state: ReadonlySignal<LineState> = computed(() => {
    if (this.queued.value) return { kind: 'queued' };
    if (this.refused.value) return { kind: 'failed', problem: this.refused.value };
    return this.download.value?.state.value ?? { kind: 'ready' };
  });

  constructor(readonly number: number, readonly file: LiveFile) {}

  // Whether it is on its way, or about to be.
  get busy(): boolean {
    return !['ready', 'done', 'cancelled', 'failed'].includes(this.state.value.kind);
  }

  // Of what nobody knows the size of, it turns out on the way.
  get tooLarge(): boolean {
    return this.file.size !== null && !fits(this.file.size);
  }

  // `open` makes the file on disk; undefined: the person thought better of it. Never throws: `state` says what came of it.
  async fetch(visit: LiveVisit, open: () => Promise<Target | undefined>): Promise<void> {
    this.queued.value = false;
    if (this.choosing || this.busy) return;
    this.choosing = true;
    this.refused.value = undefined;
    const target = await open().catch((reason: unknown) => { this.refused.value = diskProblem(reason); }).finally(() => { this.choosing = false; });
    if (!target) return;
    const download = visit.download(this.number);
    const done = download.start(target, canStream() ? Infinity : kMostInMemory);
    this.download.value = download;
    await done;
  }

  cancel(): void {
    if (this.queued.value) this.queued.value = false;
    else if (this.busy) this.download.value?.cancel();
  }
}
