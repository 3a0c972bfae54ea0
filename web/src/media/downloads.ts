// Downloads that this page writes to disk itself, with what is to be seen of them. One at a time; the others wait.
import { type Signal, signal } from '@preact/signals';
import { Problem } from '../api/problem.ts';
import { whenUserLeaves } from '../api/session.ts';
import { readContent } from './content.ts';
import { diskProblem, type Target } from './disk.ts';
import { type MediaItem } from './item.ts';
import { Meter } from './meter.ts';

export type DownloadState =
  | { kind: 'waiting' }
  | { kind: 'running'; bytes: number }
  | { kind: 'done' }
  | { kind: 'failed'; problem: Problem };

export interface Download {
  id: number;
  item: MediaItem;
  state: Signal<DownloadState>;
  meter: Meter;
  control: AbortController;
  open: () => Promise<Target>;
}

export const downloads = signal<Download[]>([]);
let lastId = 0;
let running = false;

// `open` makes the file when its turn comes.
export function addDownloads(wanted: { item: MediaItem; open: () => Promise<Target> }[]): void {
  const added = wanted.map(({ item, open }): Download => ({
    id: ++lastId, item, open, state: signal<DownloadState>({ kind: 'waiting' }), meter: new Meter(), control: new AbortController(),
  }));
  downloads.value = [...downloads.value, ...added];
  void runAll();
}

export function cancelDownload(download: Download): void {
  download.control.abort();
  downloads.value = downloads.value.filter((one) => one !== download);
}

export const isOver = ({ kind }: DownloadState) => kind === 'done' || kind === 'failed';

// What is over; failures too, because this is asked for by hand.
export function clearDownloads(): void {
  downloads.value = downloads.value.filter(({ state }) => !isOver(state.value));
}

whenUserLeaves(() => {
  for (const one of downloads.value) one.control.abort();
  downloads.value = [];
});

async function runAll(): Promise<void> {
  if (running) return;
  running = true;
  for (;;) {
    const next = downloads.value.find((one) => one.state.value.kind === 'waiting');
    if (!next) break;
    await run(next);
  }
  running = false;
}

async function run({ item, state, meter, control, open }: Download): Promise<void> {
  let bytes = 0;
  state.value = { kind: 'running', bytes };
  let target: Target | undefined;
  try {
    const file = target = await open();
    meter.note(0, performance.now());
    await readContent(item, control.signal, async (piece) => {
      await file.write(piece);
      bytes += piece.byteLength;
      meter.note(bytes, performance.now());
      state.value = { kind: 'running', bytes };
    });
    if (bytes !== item.size) throw new Problem('broken', 0);
    await file.finish();
    state.value = { kind: 'done' };
  } catch (reason) {
    await target?.discard();
    state.value = { kind: 'failed', problem: control.signal.aborted ? new Problem('broken', 0) : diskProblem(reason) };
  }
}
