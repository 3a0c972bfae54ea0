// What an outsider's link can ask for. The token goes into a header, never into an address. All throw a Problem.
import { urlOf } from '../api/base.ts';
import { offline, problemFrom } from '../api/problem.ts';
import { type Schema } from '../api/types.ts';

export type Info = Schema<'ExchangeInfo'>;
export type InfoFile = Schema<'OfferedFile'>;
export type UploadAddress = Schema<'UploadUrl'>;
export type DownloadAddress = Schema<'DownloadUrl'>;

// Where these addresses are: beside the page of outsiders, one folder below that of members.
function at(path: string, query: Record<string, string | number | undefined> = {}): URL {
  return urlOf(document.documentElement.dataset['page'] === 'exchange' ? path : `exchange/${path}`, query);
}

export interface Access {
  token: string;
  password: string;   // empty: none
}

async function ask(method: string, url: URL, { token, password }: Access): Promise<string> {
  const headers: Record<string, string> = { Accept: 'application/json', Authorization: `Bearer ${token}` };
  if (password) headers['X-Kith-Password'] = encodeURIComponent(password);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { method, headers, cache: 'no-store', credentials: 'omit' });
    text = await response.text();
  } catch {
    throw offline();
  }
  if (!response.ok) throw problemFrom(response.status, text, response.headers.get('Retry-After'));
  return text;
}

export async function readInfo(access: Access): Promise<Info> {
  return JSON.parse(await ask('GET', at('info'), access)) as Info;
}

export async function uploadAddress(access: Access, file: { filename: string; size: number; sealed_name?: string | undefined }): Promise<UploadAddress> {
  return JSON.parse(await ask('GET', at('upload-url', file), access)) as UploadAddress;
}

// Of one file by its number, or of all of them as one archive.
export async function downloadAddress(access: Access, which: number | 'zip'): Promise<DownloadAddress> {
  const query = which === 'zip' ? { all: 'zip' } : { file: which };
  return JSON.parse(await ask('GET', at('download-url', query), access)) as DownloadAddress;
}

export async function finish(access: Access): Promise<void> {
  await ask('POST', at('finish'), access);
}

// The daemon names its public address. The page may have been opened at another one, and stays with that.
export function here(address: string): string {
  const url = new URL(address);
  const folder = '/exchange/';
  const found = url.pathname.lastIndexOf(folder);
  return found < 0 ? address : new URL(`.${url.pathname.slice(found + folder.length - 1)}${url.search}`, at('')).href;
}
