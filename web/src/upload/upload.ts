// One file that is to be uploaded, as the queue keeps it and the panel shows it.
import { type Problem } from '../api/problem.ts';
import { type Meter } from '../media/meter.ts';
import { type NameMistake } from '../media/names.ts';

export type Failure =
  | { kind: 'name'; mistake: NameMistake }
  | { kind: 'no_room'; size: number; free: number }
  | { kind: 'unreadable' }
  | { kind: 'broken' }
  | { kind: 'refused'; problem: Problem };

// Where a large file goes on after a break, as the daemon last told.
export interface Place {
  id: string | undefined;           // none before it was begun there
  kept: number;                     // bytes that are there
}

export type UploadState = 'waiting' | 'paused' | 'running' | 'done' | 'failed';

export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly name: string;
  readonly meter: Meter;
  state: UploadState;
  sent: number;                     // bytes, of this attempt; with a place: of all
  failure?: Failure | undefined;
  key: string;
  place: Place | undefined;         // of those that can go on
  control?: AbortController | undefined;
  tries: number;                    // that the daemon put off
  breaks: number;                   // that broke although the daemon can be reached
  notBefore: number;                // milliseconds
}

// Whether it can go on on another visit.
export function outlivesPage({ place }: Upload): boolean {
  return place?.id !== undefined;
}

// A name stays bad however often it is tried.
export function canRetry({ failure }: Upload): boolean {
  return failure?.kind !== 'name' && failure?.kind !== 'unreadable';
}

export interface Totals {
  count: Record<UploadState, number>;
  bytes: number;       // of all that did not fail
  sent: number;
  left: number;
}

export function totalsOf(uploads: readonly Upload[]): Totals {
  const count: Record<UploadState, number> = { waiting: 0, paused: 0, running: 0, done: 0, failed: 0 };
  let bytes = 0;
  let sent = 0;
  for (const { state, file, sent: part } of uploads) {
    ++count[state];
    if (state === 'failed') continue;
    bytes += file.size;
    sent += state === 'done' ? file.size : part;
  }
  return { count, bytes, sent, left: bytes - sent };
}
