// Server-sent events: hints that something changed. Who shows it reads it again. After a gap (and with `resync`)
// everything shown counts as stale. All tabs share one stream (event_sharing.ts).
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { base, urlOf } from './base.ts';
import { whileListening } from './event_sharing.ts';
import { refreshSession } from './session.ts';

interface EventData {
  connection: { id: string };
  assets: Record<string, never>;
  albums: Record<string, never>;
  shares: Record<string, never>;
  exchanges: Record<string, never>;
  shared_with_me: { owner?: string };
  instance: Record<string, never>;
}
export type EventName = keyof EventData;
type Listener<Name extends EventName> = (data: EventData[Name] | undefined) => void;  // undefined: anything may have changed

// What the listening tab passes on to the others.
type Passed = { event: EventName; data: EventData[EventName] | undefined } | { connected: boolean };

const kNames: EventName[] = ['connection', 'assets', 'albums', 'shares', 'exchanges', 'shared_with_me', 'instance'];
const listeners = new Map<EventName, Set<Listener<EventName>>>(kNames.map((name) => [name, new Set()]));

// False while the daemon can't be heard.
export const connected = signal(true);

function tell(name: EventName, data: EventData[EventName] | undefined) {
  for (const listener of listeners.get(name) ?? []) (listener as (data: unknown) => void)(data);
}

function take(passed: Passed) {
  if ('event' in passed) tell(passed.event, passed.data);
  else connected.value = passed.connected;
}

const kFirstPause = 1000;
const kLongestPause = 15_000;  // milliseconds

// Reads the stream and hands on what comes, until the function returned is called.
function readStream(give: (passed: Passed) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = kFirstPause;
  let stopped = false;
  const giveAll = () => { for (const event of kNames) give({ event, data: undefined }); };

  const open = () => {
    source = new EventSource(urlOf('api/events'));
    source.addEventListener('hello', () => {
      pause = kFirstPause;
      give({ connected: true });
      giveAll();  // what was missed while nobody listened
    });
    source.addEventListener('resync', giveAll);
    for (const event of kNames) {
      source.addEventListener(event, (message: MessageEvent<string>) => {
        give({ event, data: JSON.parse(message.data) as EventData[EventName] });
      });
    }
    source.addEventListener('error', () => {
      if (source?.readyState === EventSource.CLOSED) again();
      void lookAfter();
    });
  };

  // The stream broke off. With the log-in it ends as well: then the daemon is there, and nobody should read otherwise.
  const lookAfter = async () => {
    try {
      await refreshSession();
    } catch {
      if (!stopped) give({ connected: false });
    }
  };

  // The browser gave up: the daemon is stopped, busy, or the log-in has ended.
  const again = () => {
    source?.close();
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
  };
}

// Hears of everything for as long as `user` is logged in. Returns what ends it.
export function startEvents(user: string): () => void {
  const channel = new BroadcastChannel(`kith events ${base.pathname} ${user}`);
  channel.onmessage = (message: MessageEvent<Passed>) => take(message.data);
  const listening = whileListening(`events of ${user}`, () => readStream((passed) => {
    take(passed);
    channel.postMessage(passed);
  }));
  return () => {
    listening.stop();
    channel.close();
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
