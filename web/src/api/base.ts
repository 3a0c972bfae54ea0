// Where the daemon is, seen from this script: one folder up from app/. So the page works under any path of a proxy.
export const base = new URL('../', import.meta.url);

export function urlOf(path: string, query: Record<string, string | number | undefined> = {}): URL {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url;
}
