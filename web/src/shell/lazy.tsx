// A screen that is fetched when it is first shown.
import { type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { connected } from '../api/events.ts';
import { offline } from '../api/problem.ts';
import { ProblemNotice } from '../ui/notice.tsx';
import { Loading } from '../ui/progress.tsx';

export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [Screen, setScreen] = useState<ComponentType<Props> | undefined>(() => loaded);
    const [failed, setFailed] = useState(false);
    const fetch = async () => {
      setFailed(false);
      try {
        const screen = await load();
        loaded = screen;
        setScreen(() => screen);
      } catch {
        setFailed(true);
      }
    };
    // What the daemon could not give while it was away is asked for again when it is back.
    const there = connected.value;
    useEffect(() => { if (!Screen && (there || !failed)) void fetch(); }, [there]);
    if (Screen) return <Screen {...props} />;
    // After an upgrade the old page's chunks are gone: only a reload helps.
    if (failed) return <ProblemNotice problem={offline()} onRetry={() => location.reload()} />;
    return <Loading />;
  };
}
