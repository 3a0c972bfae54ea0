// A file by tus 1.0.0 (https://tus.io/protocols/resumable-upload): created once, then sent from where the daemon says it is.
// What to do about a break is the caller's, who comes again with the place.
import { type Answer, request } from './request.ts';
import { type Sending } from './send.ts';
import { type Place } from './upload.ts';

// What one request brings: it is on the disk when it is answered, and proxies that take only so much at a time let it pass.
const kPiece = 16 * 1024 * 1024;  // bytes
const kTus = { 'Tus-Resumable': '1.0.0' };

const pathOf = (id: string) => `api/uploads/${encodeURIComponent(id)}`;

// Base64 of UTF-8.
function encoded(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function offsetOf({ header }: Answer, file: File): number {
  const offset = Number(header('Upload-Offset') ?? NaN);
  return Number.isSafeInteger(offset) && offset >= 0 && offset <= file.size ? offset : 0;
}

async function create({ file, name, key, signal }: Sending): Promise<Place> {
  const answer = await request({
    method: 'POST', path: 'api/uploads', signal,
    headers: { ...kTus, 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${encoded(name)}`, ...(key && { 'Idempotency-Key': key }) },
  });
  // A repeat after a lost answer finds the one that was made.
  return { id: answer.header('Location')?.split('/').pop(), kept: offsetOf(answer, file) };
}

async function ask({ file, signal }: Sending, id: string): Promise<Place> {
  return { id, kept: offsetOf(await request({ method: 'HEAD', path: pathOf(id), headers: kTus, signal }), file) };
}

async function append({ file, signal, onProgress }: Sending, id: string, kept: number): Promise<Place> {
  const answer = await request({
    method: 'PATCH', path: pathOf(id), signal, body: file.slice(kept, kept + kPiece), onProgress: (bytes) => onProgress(kept + bytes),
    headers: { ...kTus, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(kept) },
  });
  return { id, kept: offsetOf(answer, file) };
}

export async function sendResumably(sending: Sending, place: Place): Promise<void> {
  const { file, onPlace, onProgress } = sending;
  let now = place.id === undefined ? await create(sending) : await ask(sending, place.id);
  for (;;) {
    onPlace(now);
    onProgress(now.kept);
    if (now.id === undefined || now.kept >= file.size) return;
    now = await append(sending, now.id, now.kept);
  }
}

// The daemon forgets it, and its room is free again.
export async function discard(id: string): Promise<void> {
  await request({ method: 'DELETE', path: pathOf(id), headers: kTus });
}
