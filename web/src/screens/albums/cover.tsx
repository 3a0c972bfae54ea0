// The picture of an album. The album names only which file it is; what there is to show of that is asked for once.
import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { Images } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { onEvent } from '../../api/events.ts';
import { whenUserLeaves } from '../../api/session.ts';
import { type Album, type Asset } from '../../api/types.ts';
import { Thumbnail } from '../../media/thumbnail.tsx';

const kMost = 1000;   // covers that are held
const known = signal<ReadonlyMap<string, Asset>>(new Map());
const asked = new Set<string>();

async function read(id: string): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  try {
    const found = await call('get', '/api/assets/{id}', { path: { id } });
    if (asked.has(id) && 'shared_with' in found) known.value = new Map([...[...known.value].slice(-kMost), [id, found]]);
  } catch {
    asked.delete(id);   // the album will have another one
  }
}

function forget(): void {
  asked.clear();
  known.value = new Map();
}
whenUserLeaves(forget);

// A thumbnail may be ready now, or the content another. What is shown stays until it was read again.
onEvent('assets', () => {
  const shown = [...asked];
  asked.clear();
  for (const id of shown.slice(-kMost)) void read(id);
});

export function Cover({ album: { cover, name } }: { album: Album }) {
  useEffect(() => { if (cover) void read(cover); }, [cover]);
  const item = cover ? known.value.get(cover) : undefined;
  if (item) return <Thumbnail item={{ ...item, name }} />;
  return <span class="thumbnail album-blank" aria-hidden="true">{!cover && <Images />}</span>;
}
