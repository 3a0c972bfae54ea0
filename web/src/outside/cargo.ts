// What is sent of a file: the file itself, or its sealed form, which is made as it goes.
import { type LinkKey } from '../sealed/key.ts';

export interface Cargo {
  readonly name: string;                       // of the file, or a placeholder
  readonly sealedName: string | undefined;
  readonly size: number;
  slice: (start: number, end: number) => Promise<Blob>;
}

const kPlaceholder = 'sealed';

// Names that servers take: without what separates folders and without control characters.
// eslint-disable-next-line no-control-regex
export const takenName = (name: string) => name.normalize('NFC').replace(/[/\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '_').replace(/^\.{1,2}$/, '_') || '_';

// It was changed, moved or taken out since it was chosen.
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const unreadable = () => { throw new Unreadable(); };

// What is read through this is there: a browser tells only when it reads, and a request that fails by it tells nothing.
async function part(file: File, start: number, end: number): Promise<Blob> {
  await file.slice(start, start + 1).arrayBuffer().catch(unreadable);
  return file.slice(start, end);
}

export async function cargoOf(file: File, key: LinkKey | undefined): Promise<Cargo> {
  if (!key) {
    return { name: takenName(file.name), sealedName: undefined, size: file.size, slice: (start, end) => part(file, start, end) };
  }
  const { sealFile } = await import('../sealed/seal.ts');
  const sealed = await sealFile(file, key);
  return {
    name: kPlaceholder, sealedName: sealed.name, size: sealed.size,
    slice: async (start, end) => new Blob([await sealed.read(start, Math.min(end, sealed.size)).catch(unreadable)]),
  };
}
