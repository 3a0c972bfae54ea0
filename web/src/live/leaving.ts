// What is on its way ends with the page: the browser asks before that, and what goes with it is told to the other side.
import { effect, type ReadonlySignal } from '@preact/signals';

// Until the function returned is called.
export function whileHere(busy: ReadonlySignal<boolean>, leave: () => void): () => void {
  const guard = (event: BeforeUnloadEvent) => event.preventDefault();
  const watching = effect(() => {
    if (busy.value) window.addEventListener('beforeunload', guard);
    else window.removeEventListener('beforeunload', guard);
  });
  window.addEventListener('pagehide', leave);
  return () => {
    watching();
    window.removeEventListener('beforeunload', guard);
    window.removeEventListener('pagehide', leave);
  };
}
