// Which uploads other tabs of this page are busy with: those are not unfinished, they are on their way.
import { computed, signal } from '@preact/signals';
import { base } from '../api/base.ts';
import { newKey } from '../api/client.ts';

interface Told { tab: string; ids: string[]; ended: string[]; asks: boolean }

const tab = newKey();
const tabs = signal<ReadonlyMap<string, readonly string[]>>(new Map());
const channel = new BroadcastChannel(`kith uploads ${base.pathname}`);
let own: string[] = [];
let ownEnded: string[] = [];

// What other tabs finished or gave up.
export const endedElsewhere = signal<ReadonlySet<string>>(new Set());

const tell = (ids: string[], asks = false) => channel.postMessage({ tab, ids, ended: ownEnded, asks } satisfies Told);

channel.onmessage = ({ data }: MessageEvent<Told>) => {
  endedElsewhere.value = new Set([...endedElsewhere.value, ...data.ended]);
  tabs.value = new Map([...tabs.value, [data.tab, data.ids]]);
  if (data.asks && own.length > 0) tell(own);
};
tell(own, true);
window.addEventListener('pagehide', () => tell([]));
window.addEventListener('pageshow', ({ persisted }) => { if (persisted) tell(own); });

// What they are busy with.
export const elsewhere = computed(() => new Set([...tabs.value.values()].flat()));

// What this tab is busy with, and what it finished or gave up.
export function tellTabs(ids: string[], ended: string[]): void {
  ownEnded = ended;
  if (ids.length === own.length && ids.every((id, at) => id === own[at])) return;
  own = ids;
  tell(ids);
}
