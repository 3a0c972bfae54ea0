// Which of these names one's files have already.
import { call } from '../api/client.ts';
import { inParallel } from '../data/in_parallel.ts';

const kFew = 24;      // names that are looked up one by one; for more, all names are read
const kPage = 500;

async function* pagesOf(name?: string): AsyncGenerator<string[]> {
  let cursor: string | undefined;
  do {
    const page = await call('get', '/api/assets', { query: { limit: kPage, ...(name && { name }), ...(cursor && { cursor }) } });
    yield page.items.map((item) => item.name);
    cursor = page.next ?? undefined;
  } while (cursor);
}

async function exists(name: string): Promise<boolean> {
  for await (const names of pagesOf(name)) if (names.includes(name)) return true;
  return false;
}

export async function existingNames(names: readonly string[]): Promise<Set<string>> {
  if (names.length <= kFew) {
    const found = await inParallel(names, async (name) => (await exists(name) ? name : undefined));
    return new Set(found.filter((name) => name !== undefined));
  }
  const wanted = new Set(names);
  const found = new Set<string>();
  for await (const page of pagesOf()) for (const name of page) if (wanted.has(name)) found.add(name);
  return found;
}
