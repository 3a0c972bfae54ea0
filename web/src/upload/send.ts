// One file on its way to the daemon: small ones with one request, others by tus, which goes on after a break.
import { request } from './request.ts';
import { sendResumably } from './tus.ts';
import { type Place } from './upload.ts';

export interface Sending {
  file: File;
  name: string;
  key: string;                         // Idempotency-Key: sent again after a lost answer, it is stored once; empty: none
  place: Place | undefined;            // of one that can go on; as the daemon last told
  signal: AbortSignal;
  onProgress: (bytes: number) => void; // of the whole file
  onPlace: (place: Place) => void;     // the daemon told where it is
}

// Done when the daemon has stored it. Throws a Problem.
export async function send(sending: Sending): Promise<void> {
  if (sending.place) return sendResumably(sending, sending.place);
  const { file, name, key, signal, onProgress } = sending;
  await request({
    method: 'POST', path: 'files', query: { filename: name }, body: file, signal, onProgress,
    headers: { 'Content-Type': 'application/octet-stream', ...(key && { 'Idempotency-Key': key }) },
  });
}

// Whether it can still be read: it may have been changed, moved or taken out since it was chosen.
export async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
