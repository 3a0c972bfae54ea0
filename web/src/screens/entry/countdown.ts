import { useEffect, useState } from 'preact/hooks';

// Whole seconds that are left of `seconds`, counted from when `of` came; by the clock, since timers of hidden tabs are slow.
export function useCountdown(seconds: number, of: object): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = performance.now() + seconds * 1000;
    setLeft(seconds);
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 1000);
    return () => clearInterval(timer);
  }, [of]);
  return left;
}
