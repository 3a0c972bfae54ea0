// Numbers, sizes, times and lists as people of the page's language write them.
import { language, t } from './index.ts';

// The browser's own kind of the page's language: dates in British English are not those in American.
export function locale(): string {
  const page = language();
  return navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === page) ?? page;
}

const kUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

// 1,000 bytes are a kilobyte, as on the box of a disk.
export function formatSize(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < kUnits.length - 1) {
    value /= 1000;
    ++unit;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  const style = { style: 'unit', unit: kUnits[unit], unitDisplay: unit === 0 ? 'long' : 'short', maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale(), style).format(value);
}

export function formatSpeed(bytesPerSecond: number): string {
  return `${formatSize(bytesPerSecond)}/s`;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

export function formatPercent(part: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(part);
}

// Rounded the way a person would say it.
function rounded(seconds: number): [number, 'second' | 'minute' | 'hour' | 'day'] {
  if (seconds < 90) return [Math.round(Math.max(1, seconds)), 'second'];
  if (seconds < 5400) return [Math.round(seconds / 60), 'minute'];
  return seconds < 129600 ? [Math.round(seconds / 3600), 'hour'] : [Math.round(seconds / 86400), 'day'];
}

// "40 seconds", "2 days".
export function formatDuration(seconds: number): string {
  const [value, unit] = rounded(seconds);
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

// "in 40 seconds", "in 2 days".
export function formatIn(seconds: number): string {
  const [value, unit] = rounded(seconds);
  return new Intl.RelativeTimeFormat(locale()).format(value, unit);
}

// "3 minutes ago", "in 2 days"; `now` is for tests.
export function formatAgo(at: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const size = Math.abs(seconds);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  if (size < 45) return seconds <= 0 ? t('time.justNow') : relative.format(Math.round(seconds), 'second');
  if (size < 2700) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 79200) return relative.format(Math.round(seconds / 3600), 'hour');
  if (size < 2592000) return relative.format(Math.round(seconds / 86400), 'day');
  return formatDate(at);
}

export function formatDate(at: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(new Date(at));
}

export function formatTime(at: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}

export function formatList(items: string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(items);
}

// "2024-07" as "July 2024".
export function formatMonth(month: string): string {
  return new Intl.DateTimeFormat(locale(), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`));
}

// What a camera's clock showed ("2024-07-01T12:00:00", a zone behind it or not), as it showed it.
export function formatWallClock(text: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(wallClock(text));
}

export function formatWallDate(text: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(wallClock(text));
}

function wallClock(text: string): Date {
  return new Date(`${text.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`);
}
