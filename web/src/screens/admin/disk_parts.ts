// How the disk is shared out, as the bar shows it.
import { type Schema } from '../../api/types.ts';

type Storage = Schema<'AdminStorage'>;
type Disk = Storage['disk'];

export const kDiskParts = ['kith', 'others', 'free', 'kept'] as const;
export type DiskPart = typeof kDiskParts[number];

const kTight = 0.1;  // of the disk: less than that is soon gone

export const kithBytes = ({ content, thumbnails_bytes, database_bytes }: Storage) => content.bytes + thumbnails_bytes + database_bytes;

// What is free, but not for files.
const keptBytes = ({ free_bytes, keep_free_bytes }: Disk) => Math.min(free_bytes, keep_free_bytes);

// Bytes. They sum up to the whole disk, whatever was written between two of the measurements.
export function diskParts(storage: Storage): Record<DiskPart, number> {
  const { disk } = storage;
  const used = Math.max(0, disk.total_bytes - disk.free_bytes);
  const kith = Math.min(used, kithBytes(storage));
  const kept = keptBytes(disk);
  return { kith, others: used - kith, free: disk.free_bytes - kept, kept };
}

export function diskState(disk: Disk): 'ok' | 'tight' | 'full' {
  const free = disk.free_bytes - keptBytes(disk);
  if (free <= 0) return 'full';
  return free < disk.total_bytes * kTight ? 'tight' : 'ok';
}
