// Files as the browser hands them over: chosen in a dialog, dropped, or pasted; folders with all that is in them.
import { handleOfItem, noteHandle } from './handles.ts';
import { type Picked } from './plan.ts';

const kUnnamed = /^image\.(png|jpe?g|gif|webp)$/i;   // what browsers call a picture in the clipboard

export const canChooseFolders = 'webkitdirectory' in HTMLInputElement.prototype;

// Opens the browser's dialog. Must be called while a click is handled.
export function chooseFiles({ folder = false, one = false }: { folder?: boolean; one?: boolean }): Promise<Picked[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = !one;
  input.webkitdirectory = folder;
  input.hidden = true;
  document.body.append(input);
  return new Promise((resolve) => {
    const done = (picked: Picked[]) => {
      input.remove();
      resolve(picked);
    };
    input.addEventListener('change', () => done([...input.files ?? []].map((file) => ({ file, folder: folderOf(file.webkitRelativePath) }))));
    input.addEventListener('cancel', () => done([]));
    input.click();
  });
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

// The entries must be taken while the event is handled; reading them may take a while.
export function droppedFiles(transfer: DataTransfer): Promise<Picked[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const taken = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile(), handle: handleOfItem(item) }));
  return gather(taken);
}

async function gather(taken: { entry: FileSystemEntry | null; file: File | null; handle: ReturnType<typeof handleOfItem> }[]): Promise<Picked[]> {
  const picked: Picked[] = [];
  for (const { entry, file, handle } of taken) {
    if (entry) await walk(entry, '', picked);
    else if (file) picked.push({ file, folder: '' });
    const last = picked.at(-1);
    if (last && !entry?.isDirectory) noteHandle(last.file, handle);
  }
  return picked;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function walk(entry: FileSystemEntry, folder: string, found: Picked[]): Promise<void> {
  if (isFile(entry)) {
    const file = await new Promise<File | undefined>((resolve) => entry.file(resolve, () => resolve(undefined)));
    if (file) found.push({ file, folder });
  } else if (isDirectory(entry)) {
    const inside = folder ? `${folder}/${entry.name}` : entry.name;
    for (const one of await entriesOf(entry)) await walk(one, inside, found);
  }
}

// The browser gives them in portions, until there is an empty one.
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (portion.length === 0) return all;
    all.push(...portion);
  }
}

// Pictures from the clipboard are called by the time, because all of them have the same name.
export function pastedFiles(transfer: DataTransfer | null, now = new Date()): Picked[] {
  const stamp = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
  return [...transfer?.files ?? []].map((file) => {
    const ending = kUnnamed.exec(file.name)?.[1];
    return { file: ending ? new File([file], `${stamp}.${ending.toLowerCase()}`, { type: file.type }) : file, folder: '' };
  });
}
