// One stream of events for all tabs of the page: browsers allow six connections to a host over HTTP/1.1, and each stream
// takes one. The tab that holds the lock listens and passes on what it hears; when it is closed, another takes over.
// Without locks (pages over plain HTTP elsewhere than on this machine) each visible tab listens for itself.
import { base } from './base.ts';

const kLeaveHidden = 60_000;  // milliseconds until a hidden tab without locks stops listening

interface Listening {
  stop: () => void;
}

// `listen` opens the stream; what it returns closes it. It runs while this tab is the one that listens.
export function whileListening(name: string, listen: () => () => void): Listening {
  return 'locks' in navigator ? inTurns(name, listen) : whileVisible(listen);
}

function inTurns(name: string, listen: () => () => void): Listening {
  const control = new AbortController();
  const { signal } = control;
  const hold = () => new Promise<void>((resolve) => {
    const close = listen();
    signal.addEventListener('abort', () => { close(); resolve(); }, { once: true });
  });
  navigator.locks.request(`${base.pathname} ${name}`, { signal }, hold).catch(() => undefined);  // given up before its turn came
  return { stop: () => control.abort() };
}

function whileVisible(listen: () => () => void): Listening {
  let close: (() => void) | undefined = listen();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = () => {
    clearTimeout(timer);
    if (!document.hidden) close ??= listen();
    else timer = setTimeout(() => { close?.(); close = undefined; }, kLeaveHidden);
  };
  document.addEventListener('visibilitychange', changed);
  return {
    stop: () => {
      document.removeEventListener('visibilitychange', changed);
      clearTimeout(timer);
      close?.();
    },
  };
}
