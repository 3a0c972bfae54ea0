// Server-sent events: hints that something changed. Who shows it reads it again. The browser connects again by itself;
// after a gap (and with `resync`) everything shown counts as stale.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { urlOf } from './base.ts';
import { refreshSession } from './session.ts';

export interface EventData {
  connection: { id: string };
  assets: Record<string, never>;
  shares: Record<string, never>;
  shared_with_me: { owner?: string };
  instance: Record<string, never>;
}
export type EventName = keyof EventData;
type Listener<Name extends EventName> = (data: EventData[Name] | undefined) => void;  // undefined: anything may have changed

const kNames: EventName[] = ['connection', 'assets', 'shares', 'shared_with_me', 'instance'];
const listeners = new Map<EventName, Set<Listener<EventName>>>(kNames.map((name) => [name, new Set()]));

// False while the daemon can't be heard.
export const connected = signal(true);

function tell(name: EventName, data: EventData[EventName] | undefined) {
  for (const listener of listeners.get(name) ?? []) (listener as (data: unknown) => void)(data);
}

function tellAll() {
  for (const name of kNames) tell(name, undefined);
}

const kFirstPause = 1000;
const kLongestPause = 15_000;  // milliseconds

// Listens for as long as somebody is logged in. Returns what ends it.
export function startEvents(): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = kFirstPause;
  let greeted = false;
  let stopped = false;

  const open = () => {
    source = new EventSource(urlOf('api/events'));
    source.addEventListener('hello', () => {
      pause = kFirstPause;
      connected.value = true;
      // What was missed while nobody listened.
      if (greeted) tellAll();
      greeted = true;
    });
    source.addEventListener('resync', tellAll);
    for (const name of kNames) {
      source.addEventListener(name, (event: MessageEvent<string>) => tell(name, JSON.parse(event.data) as EventData[EventName]));
    }
    source.addEventListener('error', () => {
      if (source?.readyState === EventSource.CLOSED) again();
      else connected.value = false;
    });
  };

  // The browser gave up: the daemon is stopped, busy, or the log-in has ended.
  const again = () => {
    source?.close();
    connected.value = false;
    if (stopped) return;
    timer = setTimeout(async () => {
      pause = Math.min(2 * pause, kLongestPause);
      try {
        if (await refreshSession() && !stopped) open();
      } catch {
        again();
      }
    }, pause);
  };

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
    connected.value = true;
  };
}

// Calls `listener` for each such event while the component is there.
export function useEvent<Name extends EventName>(name: Name, listener: Listener<Name>): void {
  useEffect(() => {
    const set = listeners.get(name) as Set<Listener<Name>>;
    set.add(listener);
    return () => { set.delete(listener); };
  }, [name, listener]);
}

// The same outside of components; for the page's whole life.
export function onEvent<Name extends EventName>(name: Name, listener: Listener<Name>): void {
  (listeners.get(name) as Set<Listener<Name>>).add(listener);
}

