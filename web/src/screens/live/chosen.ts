// The files that are to be offered, before there is a link. Pure functions.
export const kMostFiles = 100;   // in one link

const isSame = (one: File, other: File) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

// Behind those that are there; what is there already is not taken twice.
export function withMore(files: readonly File[], more: readonly File[]): File[] {
  const all = [...files];
  for (const file of more) if (!all.some((one) => isSame(one, file))) all.push(file);
  return all;
}

export const sizeOf = (files: readonly { size: number }[]) => files.reduce((sum, { size }) => sum + size, 0);

interface Dropped { kind: string; webkitGetAsEntry: () => { isDirectory: boolean } | null; getAsFile: () => File | null }

// What was let go over the page. Folders are only noticed: they can't be offered as they are.
export function filesIn(items: Iterable<Dropped>): { files: File[]; folders: boolean } {
  const files: File[] = [];
  let folders = false;
  for (const item of items) {
    if (item.kind !== 'file') continue;
    if (item.webkitGetAsEntry()?.isDirectory) {
      folders = true;
      continue;
    }
    const file = item.getAsFile();
    if (file) files.push(file);
  }
  return { files, folders };
}
