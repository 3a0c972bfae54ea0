// Sends content by tus 1.0.0, which goes on where it was after a break. Throws a Problem, Unreadable or the signal's reason.
import { DefaultHttpStack, type DetailedError, type HttpRequest, Upload, type UploadOptions } from 'tus-js-client';
import { offline, Problem, problemFrom } from '../api/problem.ts';
import { isSlow } from '../sealed/primitives.ts';
import { here } from './calls.ts';
import { type Cargo } from './cargo.ts';
import { type Sending } from './transport.ts';

const kPauses = [1000, 1000, 2000, 4000, 8000, ...Array.from({ length: 240 }, () => 15_000)];  // milliseconds; an hour
const kPiece = 8 * 1024 * 1024;       // bytes of sealed content that are held at a time
const kSmallPiece = 1024 * 1024;      // where sealing holds up the page

// The server names its public address; the page stays with the one it was opened at.
class Http extends DefaultHttpStack {
  constructor() { super({}); }

  override createRequest(method: string, url: string): HttpRequest {
    return super.createRequest(method, here(new URL(url, location.href).href));
  }
}

// What could not be read is told from what could not be sent, which the library takes for the same.
class Source {
  readonly size: number;
  failure: unknown;

  constructor(private readonly cargo: Cargo) { this.size = cargo.size; }

  async slice(start: number, end: number): Promise<{ value: Blob; done: boolean }> {
    try {
      return { value: await this.cargo.slice(start, Math.min(end, this.size)), done: end >= this.size };
    } catch (reason) {
      this.failure = reason;
      throw reason;
    }
  }

  close(): void { /* nothing is held */ }
}

function problemOf(error: Error | DetailedError): Problem {
  if (!('originalResponse' in error)) return new Problem('unknown', 0, error.message);
  const answer = error.originalResponse;
  return answer ? problemFrom(answer.getStatus(), answer.getBody(), answer.getHeader('Retry-After') ?? null) : offline();
}

const kPassing = [409, 423, 425, 429, 500, 502, 503, 504];  // and no answer at all

export function sendResumably({ address, cargo, signal, place, onProgress, onWaiting }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const source = new Source(cargo);
    const options: UploadOptions = {
      endpoint: address.resumable_url,
      uploadUrl: place.url ?? null,
      uploadSize: cargo.size,
      metadata: { filename: cargo.name },
      chunkSize: cargo.sealedName === undefined ? Infinity : isSlow() ? kSmallPiece : kPiece,
      retryDelays: kPauses,
      storeFingerprintForResuming: false,
      httpStack: new Http(),
      fileReader: { openFile: async () => source },
      onUploadUrlAvailable: () => { if (!signal.aborted) place.url = upload.url ?? undefined; },
      onProgress: (bytes) => { onWaiting(false); onProgress(bytes); },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus();
        const again = !source.failure && (status === undefined || kPassing.includes(status));
        onWaiting(again);
        return again;
      },
      onSuccess: () => resolve(),
      onError: (error) => reject(source.failure ?? problemOf(error)),
    };
    const upload = new Upload(new Blob(), options);
    signal.addEventListener('abort', () => {
      void upload.abort();
      reject(signal.reason as Error);
    });
    upload.start();
  });
}
