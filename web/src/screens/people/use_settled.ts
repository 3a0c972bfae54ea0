import { useEffect, useState } from 'preact/hooks';

const kSettled = 500;  // milliseconds; the second click of a double click comes sooner

// The class of what takes no click of a mouse for a moment after what is shown has changed: it was meant for what was
// there before. Keys go to what has the focus, and need no such care.
export function useSettled(shown: string): string {
  const [settled, setSettled] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), kSettled);
    return () => clearTimeout(timer);
  }, [shown]);
  return settled === shown ? '' : ' unsettled';
}
