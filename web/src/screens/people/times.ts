import { language } from '../../i18n/index.ts';
import { formatTime } from '../../i18n/format.ts';

// "9:10" for today, else with the date: what stands after "since".
export function formatSince(at: string, now = new Date()): string {
  const date = new Date(at);
  if (date.toDateString() !== now.toDateString()) return formatTime(at);
  return new Intl.DateTimeFormat(language(), { timeStyle: 'short' }).format(date);
}
