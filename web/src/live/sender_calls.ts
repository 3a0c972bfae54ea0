// What a sender asks of the daemon, in the name of who is logged in. All throw a Problem, or the signal's reason.
import { urlOf } from '../api/base.ts';
import { offline, Problem, problemFrom } from '../api/problem.ts';
import { isStill, session, userId } from '../api/session.ts';
import { type Bytes, toBase64url } from '../sealed/bytes.ts';
import { type ListedFile } from './macs.ts';

interface Wanted {
  method: string;
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: Bytes | string;
  signal?: AbortSignal;
  keepalive?: boolean;      // the page may go away meanwhile
}

interface Answer { status: number; ok: boolean; text: string; retryAfter: string | null }

async function attempt({ method, path, query, body, signal, keepalive }: Wanted): Promise<Answer> {
  const headers: Record<string, string> = { Accept: 'application/json', 'X-Kith-CSRF': session.value?.csrf ?? '' };
  if (body !== undefined) headers['Content-Type'] = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
  try {
    const response = await fetch(urlOf(path, query), {
      method, headers, body: body ?? null, signal: signal ?? null, keepalive: keepalive ?? false, cache: 'no-store',
    });
    const { status, ok } = response;
    return { status, ok, text: await response.text(), retryAfter: response.headers.get('Retry-After') };
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw offline();
  }
}

async function ask(wanted: Wanted): Promise<Record<string, unknown>> {
  const who = userId();
  const problemOf = ({ status, ok, text, retryAfter }: Answer) => (ok ? undefined : problemFrom(status, text, retryAfter));
  let answer = await attempt(wanted);
  let problem = problemOf(answer);
  // Another tab renewed the log-in.
  if (problem && (problem.status === 401 || problem.code === 'csrf') && await isStill(who)) {
    answer = await attempt(wanted);
    problem = problemOf(answer);
  }
  if (problem) throw problem;
  const fields: unknown = answer.text ? JSON.parse(answer.text) : {};
  return typeof fields === 'object' && fields !== null ? fields as Record<string, unknown> : {};
}

const strange = () => new Problem('unknown', 200, 'an answer that is none');

export interface Offered { liveId: string; code: string; page: string; expiresAt: string }

export async function offerFiles(files: readonly ListedFile[], mac: Bytes): Promise<Offered> {
  const body = JSON.stringify({ files, mac: toBase64url(mac) });
  const { live_id: liveId, code, page, expires_at: expiresAt } = await ask({ method: 'POST', path: 'api/live', body });
  if (typeof liveId !== 'string' || typeof code !== 'string' || typeof page !== 'string' || typeof expiresAt !== 'string') throw strange();
  return { liveId, code, page, expiresAt };
}

const offerAt = (liveId: string) => `api/live/${encodeURIComponent(liveId)}`;
const requestAt = (liveId: string, requestId: string) => `${offerAt(liveId)}/requests/${encodeURIComponent(requestId)}`;

export const eventsUrl = (liveId: string): URL => urlOf(`${offerAt(liveId)}/events`);

export interface OpeningSent { publicKey: Bytes; mac: Bytes; salt: Bytes; chunks: number; attempt: number; from: number }

export async function openRequest(liveId: string, requestId: string, opening: OpeningSent, signal: AbortSignal): Promise<void> {
  const { publicKey, mac, salt, ...rest } = opening;   // these are bytes
  const body = { public_key: toBase64url(publicKey), mac: toBase64url(mac), salt: toBase64url(salt), ...rest };
  await ask({ method: 'POST', path: requestAt(liveId, requestId), body: JSON.stringify(body), signal });
}

// How many chunks of the file the receiver's connection was handed.
export async function putChunk(liveId: string, requestId: string, number: number, of: { attempt: number; sealed: Bytes }, signal: AbortSignal): Promise<number> {
  const path = `${requestAt(liveId, requestId)}/chunks/${number}`;
  const { taken } = await ask({ method: 'PUT', path, query: { attempt: of.attempt }, body: of.sealed, signal });
  if (typeof taken !== 'number') throw strange();
  return taken;
}

export async function endRequest(liveId: string, requestId: string, reason: 'cancelled' | 'file_changed' | 'not_authentic'): Promise<void> {
  await ask({ method: 'DELETE', path: requestAt(liveId, requestId), query: { reason }, keepalive: true });
}

export async function endOffer(liveId: string): Promise<void> {
  await ask({ method: 'DELETE', path: offerAt(liveId), keepalive: true });
}
