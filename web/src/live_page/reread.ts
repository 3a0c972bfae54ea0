// Looks again at what a live link offers, for as long as there is something: whether the sender is still there, and at once
// when one comes back to the page or a download failed.
import { useEffect } from 'preact/hooks';
import { type LiveVisit } from '../live/fetching.ts';
import { type Fetches } from './fetches.ts';

const kPause = 5000;   // milliseconds

export function useReading(visit: LiveVisit, fetches: Fetches): void {
  const ended = visit.problem.value?.code === 'not_found';
  const failed = fetches.failed.value;
  useEffect(() => {
    if (ended) return undefined;
    const look = () => { if (document.visibilityState === 'visible') void visit.read(); };
    document.addEventListener('visibilitychange', look);
    const timer = setInterval(look, kPause);
    return () => {
      document.removeEventListener('visibilitychange', look);
      clearInterval(timer);
    };
  }, [visit, ended]);
  useEffect(() => { if (failed > 0) void visit.read(); }, [visit, failed]);
}
