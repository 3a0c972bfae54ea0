// One thing read from the daemon, for a component: loading, there, or a problem; read again by reload() and by events.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, type Problem } from '../api/problem.ts';

export interface Resource<Data> {
  data: Data | undefined;         // stays while it is read again
  problem: Problem | undefined;   // of the last reading
  loading: boolean;
  reload: () => Promise<void>;
  set: (data: Data) => void;      // what an action answered
}

// `load` must be stable (useCallback) or depend on `inputs` only; another reading makes the running one count no more.
export function useResource<Data>(load: (signal: AbortSignal) => Promise<Data>, inputs: readonly unknown[]): Resource<Data> {
  const [state, setState] = useState<{ data: Data | undefined; problem: Problem | undefined; loading: boolean }>(
    { data: undefined, problem: undefined, loading: true });
  const running = useRef<AbortController>();
  const reload = useCallback(async () => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    setState((before) => ({ ...before, loading: true }));
    try {
      const data = await load(control.signal);
      if (!control.signal.aborted) setState({ data, problem: undefined, loading: false });
    } catch (reason) {
      if (!control.signal.aborted) setState((before) => ({ ...before, problem: asProblem(reason), loading: false }));
    }
  }, inputs);
  useEffect(() => {
    setState({ data: undefined, problem: undefined, loading: true });
    void reload();
    return () => running.current?.abort();
  }, [reload]);
  const set = useCallback((data: Data) => {
    running.current?.abort();  // what it reads is older
    setState({ data, problem: undefined, loading: false });
  }, []);
  return { ...state, reload, set };
}
