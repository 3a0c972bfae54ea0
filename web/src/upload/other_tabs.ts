// Which uploads other tabs of this page are busy with: those are not unfinished, they are on their way.
import { signal } from '@preact/signals';
import { base } from '../api/base.ts';
import { newKey } from '../api/client.ts';

interface Told { tab: string; ids: string[]; asks?: boolean }

const tab = newKey();
const tabs = signal<ReadonlyMap<string, readonly string[]>>(new Map());
const channel = new BroadcastChannel(`kith uploads ${base.pathname}`);
let own: string[] = [];

const tell = (ids: string[], asks = false) => channel.postMessage({ tab, ids, asks } satisfies Told);

channel.onmessage = ({ data }: MessageEvent<Told>) => {
  tabs.value = new Map([...tabs.value, [data.tab, data.ids]]);
  if (data.asks && own.length > 0) tell(own);
};
tell(own, true);
window.addEventListener('pagehide', () => tell([]));
window.addEventListener('pageshow', ({ persisted }) => { if (persisted) tell(own); });

export function isElsewhere(id: string): boolean {
  return [...tabs.value.values()].some((ids) => ids.includes(id));
}

// What this tab is busy with.
export function tellTabs(ids: string[]): void {
  if (ids.length === own.length && ids.every((id, at) => id === own[at])) return;
  own = ids;
  tell(ids);
}
