// Albums somebody shares: all that is known of one is its name, on each file that comes through it. Pure.

interface Shown { id: string; album?: string | null | undefined }

// Each name once, sorted.
export function albumsAmong(...lists: readonly (readonly Shown[])[]): string[] {
  const names = new Set<string>();
  for (const { album } of lists.flat()) if (album) names.add(album);
  return [...names].sort((one, other) => one.localeCompare(other));
}

// What of the album was read so far, and what was told before of the rest.
export function inAlbum<Item extends Shown, Told extends Shown>(name: string, read: readonly Item[], told: readonly Told[]): (Item | Told)[] {
  const known = new Set(read.map(({ id }) => id));
  return [...read, ...told.filter(({ id }) => !known.has(id))].filter(({ album }) => album === name);
}
