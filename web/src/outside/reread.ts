// Looks again at what a link offers: when one comes back to the page, after a download, and while there is nothing yet.
import { useEffect } from 'preact/hooks';
import { type Downloads } from './downloads.ts';
import { type Visit } from './visit.ts';

const kEmpty = 15_000;   // milliseconds
const kBegun = 3000;     // a small download of the browser's is over by then

export function useReading(visit: Visit, { fetched }: Downloads): void {
  const empty = visit.info.value?.files?.length === 0;
  useEffect(() => {
    const look = () => { if (document.visibilityState === 'visible') void visit.read(); };
    document.addEventListener('visibilitychange', look);
    const timer = empty ? setInterval(look, kEmpty) : undefined;
    return () => {
      document.removeEventListener('visibilitychange', look);
      clearInterval(timer);
    };
  }, [visit, empty]);
  useEffect(() => {
    const timer = fetched > 0 ? setTimeout(() => void visit.read(), kBegun) : undefined;
    return () => clearTimeout(timer);
  }, [visit, fetched]);
}
