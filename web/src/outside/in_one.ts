// Sends small content with one request. XMLHttpRequest, because fetch does not tell how much has been sent. Throws a Problem
// or the signal's reason.
import { offline, problemFrom } from '../api/problem.ts';
import { type Sending } from './transport.ts';

export async function sendInOne({ address, cargo, signal, onProgress }: Sending): Promise<void> {
  const body = await cargo.slice(0, cargo.size);
  await new Promise<void>((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener('abort', abort);
    request.onloadend = () => signal.removeEventListener('abort', abort);
    request.upload.onprogress = ({ loaded }) => onProgress(Math.min(loaded, cargo.size));
    request.onload = () => (request.status >= 200 && request.status < 300 ? resolve()
      : reject(problemFrom(request.status, request.responseText, request.getResponseHeader('Retry-After'))));
    request.onerror = () => reject(offline());
    request.onabort = () => reject(signal.reason as Error);
    request.open('PUT', address.url);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(body);
  });
}
