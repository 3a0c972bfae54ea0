// Files that the browser can find again by itself (File System Access): what was dropped is remembered while its upload is
// unfinished, so that on another visit one click goes on. Browsers without that ask for the file to be chosen again.
interface FileHandle {
  getFile: () => Promise<File>;
  requestPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
}

declare global {
  interface DataTransferItem {
    getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
  }
}

const kDatabase = 'kith uploads';
const kStore = 'handles';
const known = new WeakMap<File, Promise<FileHandle | undefined>>();

function isFileHandle(handle: unknown): handle is FileHandle {
  return typeof handle === 'object' && handle !== null && 'kind' in handle && handle.kind === 'file' && 'getFile' in handle;
}

// Must be called while the drop is handled.
export function handleOfItem(item: DataTransferItem): Promise<FileHandle | undefined> {
  const asked = item.getAsFileSystemHandle?.() ?? Promise.resolve(undefined);
  return asked.then((handle) => (isFileHandle(handle) ? handle : undefined), () => undefined);
}

export function noteHandle(file: File, handle: Promise<FileHandle | undefined>): void {
  known.set(file, handle);
}

// One request to the browser's store. Undefined where it keeps nothing for this page.
async function inStore<Result>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result | undefined> {
  const done = <Value>(request: IDBRequest<Value>) => new Promise<Value>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not stored'));
  });
  try {
    const opening = indexedDB.open(kDatabase, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(kStore);
    const database = await done(opening);
    try {
      return await done(act(database.transaction(kStore, mode).objectStore(kStore)));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

export async function keepHandle(id: string, file: File): Promise<void> {
  const handle = await known.get(file);
  if (handle) await inStore('readwrite', (store) => store.put(handle, id));
}

export async function dropHandle(id: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id));
}

// Those of uploads that are not there any more.
export async function keepOnlyHandles(ids: ReadonlySet<string>): Promise<void> {
  for (const key of await inStore('readonly', (store) => store.getAllKeys()) ?? []) {
    if (typeof key === 'string' && !ids.has(key)) await dropHandle(key);
  }
}

export async function keptHandle(id: string): Promise<FileHandle | undefined> {
  const found: unknown = await inStore('readonly', (store): IDBRequest<unknown> => store.get(id));
  return isFileHandle(found) ? found : undefined;
}

// The file as it is now; the browser may ask the person first. Must be called while a click is handled. Undefined: it can't
// be had.
export async function fileOf(handle: FileHandle): Promise<File | undefined> {
  try {
    if (await handle.requestPermission?.({ mode: 'read' }) === 'denied') return undefined;
    const file = await handle.getFile();
    noteHandle(file, Promise.resolve(handle));
    return file;
  } catch {
    return undefined;
  }
}
