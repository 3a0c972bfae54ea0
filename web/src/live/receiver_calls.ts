// What whoever has the link asks of the daemon. No log-in is sent along. All throw a Problem, or the signal's reason.
import { offline, Problem, problemFrom } from '../api/problem.ts';
import { type Bytes, fromBase64url, toBase64url } from '../sealed/bytes.ts';
import { type ListedFile } from './macs.ts';

// Where these addresses are: beside the page of receivers.
function at(code: string, path = '', query: Record<string, number> = {}): URL {
  const url = new URL(`${encodeURIComponent(code)}${path}`, location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

interface Wanted { method: string; url: URL; token?: string; body?: object; keepalive?: boolean }

async function ask({ method, url, token, body, keepalive }: Wanted): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  if (body) headers['Content-Type'] = 'application/json';
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { method, headers, body: body ? JSON.stringify(body) : null, keepalive: keepalive ?? false, cache: 'no-store', credentials: 'omit' });
    text = await response.text();
  } catch {
    throw offline();
  }
  if (!response.ok) throw problemFrom(response.status, text, response.headers.get('Retry-After'));
  return objectOf(text ? JSON.parse(text) : {});
}

function strange(): never {
  throw new Problem('unknown', 200, 'an answer that is none');
}

const objectOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : strange());
const textOf = (value: unknown): string => (typeof value === 'string' ? value : strange());

function fileOf(value: unknown): ListedFile {
  const { name, size, type } = objectOf(value);
  const known = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  if (!known && size !== null) strange();
  return { name: textOf(name), size: known ? size : null, type: textOf(type) };
}

export interface Looked {
  liveId: string;
  files: ListedFile[];
  mac: Bytes | undefined;
  from: { person: string; instance: string };
  senderHere: boolean;
  expiresAt: string;
}

export async function look(code: string): Promise<Looked> {
  const { live_id: liveId, files, mac, from, sender_here: here, expires_at: expiresAt } = await ask({ method: 'GET', url: at(code) });
  const { person, instance } = objectOf(from);
  return {
    liveId: textOf(liveId),
    files: Array.isArray(files) ? files.map(fileOf) : strange(),
    mac: typeof mac === 'string' ? fromBase64url(mac) : undefined,
    from: { person: textOf(person), instance: textOf(instance) },
    senderHere: here === true,
    expiresAt: textOf(expiresAt),
  };
}

// One request, and what proves that it is ours.
export interface Ticket { code: string; requestId: string; token: string }

export async function askFor(code: string, file: number, publicKey: Bytes, mac: Bytes): Promise<Ticket> {
  const body = { file, public_key: toBase64url(publicKey), mac: toBase64url(mac) };
  const { request_id: requestId, token } = await ask({ method: 'POST', url: at(code, '/requests'), body });
  return { code, requestId: textOf(requestId), token: textOf(token) };
}

const requestAt = ({ requestId }: Ticket) => `/requests/${encodeURIComponent(requestId)}`;

export function streamOf(ticket: Ticket, from: number): { url: URL; headers: Record<string, string> } {
  return { url: at(ticket.code, `${requestAt(ticket)}/stream`, { from }), headers: { Authorization: `Bearer ${ticket.token}` } };
}

// These two work while the page goes away.
export async function sendReceipt(ticket: Ticket, mac: Bytes): Promise<void> {
  await ask({ method: 'POST', url: at(ticket.code, `${requestAt(ticket)}/received`), token: ticket.token, body: { mac: toBase64url(mac) }, keepalive: true });
}

export async function giveUp(ticket: Ticket): Promise<void> {
  await ask({ method: 'DELETE', url: at(ticket.code, requestAt(ticket)), token: ticket.token, keepalive: true });
}
