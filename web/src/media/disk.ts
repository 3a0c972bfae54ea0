// Files on this person's own disk, where the browser lets pages write them (Chromium, on pages that came by HTTPS or from
// this machine).
import { asProblem, Problem } from '../api/problem.ts';
import { diskName, freeName } from './names.ts';

declare global {
  interface Window {
    showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
    showDirectoryPicker?: (options: { mode: 'readwrite'; id?: string }) => Promise<FileSystemDirectoryHandle>;
  }
  interface FileSystemFileHandle {
    remove?: () => Promise<void>;
  }
  interface FileSystemDirectoryHandle {
    keys: () => AsyncIterableIterator<string>;
  }
}

// A file that is being written: under its name only once it is whole.
export interface Target {
  write: (piece: Uint8Array<ArrayBuffer>) => Promise<void>;
  finish: () => Promise<void>;
  discard: () => Promise<void>;
}

async function targetOf(handle: FileSystemFileHandle, remove: () => Promise<void>): Promise<Target> {
  const stream = await handle.createWritable();
  return {
    write: (piece) => stream.write(piece),
    finish: () => stream.close(),
    discard: async () => {
      await stream.abort().catch(() => undefined);
      await remove().catch(() => undefined);
    },
  };
}

// Asks where to put it. Undefined: the person thought better of it. Throws where the browser does not let us ask.
export async function chooseFile(name: string): Promise<Target | undefined> {
  const handle = await chosen(() => window.showSaveFilePicker?.({ suggestedName: diskName(name) }));
  return handle && targetOf(handle, async () => handle.remove?.());
}

export async function chooseFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  return chosen(() => window.showDirectoryPicker?.({ mode: 'readwrite', id: 'kith' }));
}

async function chosen<Handle>(choose: () => Promise<Handle> | undefined): Promise<Handle | undefined> {
  try {
    return await choose();
  } catch (reason) {
    if (reason instanceof DOMException && reason.name === 'AbortError') return undefined;
    throw reason;
  }
}

// A new file in the folder; what is there already stays.
export async function fileIn(folder: FileSystemDirectoryHandle, name: string): Promise<Target> {
  const there = new Set<string>();
  for await (const key of folder.keys()) there.add(key.toLowerCase());
  const free = freeName(diskName(name), (one) => there.has(one.toLowerCase()));
  const handle = await folder.getFileHandle(free, { create: true });
  return targetOf(handle, () => folder.removeEntry(free));
}

// What a failed write, or anything else on the way to it, is told as.
export function diskProblem(reason: unknown): Problem {
  if (!(reason instanceof DOMException)) return asProblem(reason);
  return new Problem(reason.name === 'QuotaExceededError' ? 'disk_full' : 'disk_refused', 0, reason.message);
}
