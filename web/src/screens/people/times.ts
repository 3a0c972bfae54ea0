import { formatIn, formatTime, locale } from '../../i18n/format.ts';

// "9:10" for today, else with the date: what stands after "since".
export function formatSince(at: string, now = new Date()): string {
  const date = new Date(at);
  if (date.toDateString() !== now.toDateString()) return formatTime(at);
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(date);
}

// "in 12 seconds", "in 3 minutes": when something is done next.
export function formatSoon(at: string): string {
  return formatIn((Date.parse(at) - Date.now()) / 1000);
}
