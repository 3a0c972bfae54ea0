// Where decrypted content goes: to disk as it comes where the browser lets pages do that, else together in memory first and
// then out as one download, which has a limit.
import { type Bytes } from '../sealed/bytes.ts';
import { chooseFile, type Target } from '../media/disk.ts';
import { diskName } from '../media/names.ts';

export const kMostInMemory = 1_000_000_000;  // bytes

export const canStream = () => window.showSaveFilePicker !== undefined;

export const fits = (size: number) => canStream() || size <= kMostInMemory;

export function saveAs(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}

const kKept = 60_000;  // milliseconds that the browser has for taking over what was put together

const kGathered = 4 * 1024 * 1024;  // bytes that are held here before the browser gets them

class InMemory implements Target {
  private readonly blobs: Blob[] = [];
  private pieces: Bytes[] = [];
  private gathered = 0;

  constructor(private readonly name: string) {}

  async write(piece: Bytes): Promise<void> {
    this.pieces.push(piece);
    this.gathered += piece.length;
    if (this.gathered >= kGathered) this.hand();
  }

  // Never as a type that a browser would open: it was named by a stranger.
  async finish(): Promise<void> {
    this.hand();
    const href = URL.createObjectURL(new Blob(this.blobs, { type: 'application/octet-stream' }));
    this.blobs.length = 0;
    saveAs(href, this.name);
    setTimeout(() => URL.revokeObjectURL(href), kKept);
  }

  async discard(): Promise<void> {
    this.pieces = [];
    this.blobs.length = 0;
  }

  // The browser may put on disk what it has as a blob.
  private hand(): void {
    this.blobs.push(new Blob(this.pieces));
    this.pieces = [];
    this.gathered = 0;
  }
}

export const inMemory = (name: string): Target => new InMemory(diskName(name));

// Must be called while a click is handled: it may ask where. Undefined: the person thought better of it.
export async function chooseTarget(name: string): Promise<Target | undefined> {
  return canStream() ? chooseFile(name) : inMemory(name);
}
