import { useEffect, useState } from 'preact/hooks';

const kSettled = 500;  // milliseconds; the second click of a double click comes sooner

// False for a moment after what is shown has changed: a click that was meant for what was there before does nothing.
export function useSettled(shown: string): boolean {
  const [settled, setSettled] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), kSettled);
    return () => clearTimeout(timer);
  }, [shown]);
  return settled === shown;
}
