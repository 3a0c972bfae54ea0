// Whether files may be sent, before anything is. Pure functions.
import { sealedLength } from '../sealed/sizes.ts';
import { type Info } from './calls.ts';

export type Refusal =
  | { kind: 'tooMany'; most: number }
  | { kind: 'tooLarge'; most: number };   // bytes, of all together

export interface Room {
  files: number;
  bytes: number | undefined;   // undefined: as much as the server takes
}

export function roomIn({ files_left, max_size, size }: Info): Room {
  return { files: files_left, bytes: max_size === null ? undefined : Math.max(0, max_size - (size ?? 0)) };
}

const lengthOf = (file: File, encrypted: boolean) => (encrypted ? sealedLength(file.size) : file.size);

export function refusalOf(files: readonly File[], room: Room, encrypted: boolean): Refusal | undefined {
  if (files.length > room.files) return { kind: 'tooMany', most: room.files };
  const all = files.reduce((sum, file) => sum + lengthOf(file, encrypted), 0);
  return room.bytes !== undefined && all > room.bytes ? { kind: 'tooLarge', most: room.bytes } : undefined;
}
