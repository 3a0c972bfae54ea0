import { signal } from '@preact/signals';

// Counts minutes while the page is open, so that "3 minutes ago" stays true.
const minute = signal(0);
setInterval(() => { minute.value++; }, 60_000);

export function useMinute(): number {
  return minute.value;
}
