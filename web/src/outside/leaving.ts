// The browser asks before the page is left while something is on its way.
import { useEffect } from 'preact/hooks';

const ask = (event: BeforeUnloadEvent) => event.preventDefault();

export function useAskBeforeLeaving(busy: boolean): void {
  useEffect(() => {
    if (busy) window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [busy]);
}
