// Until when something is shared. Pure; times are of the browser's time zone.
export const kExpiries = ['never', 'day', 'week', 'month', 'date'] as const;
export type Expiry = (typeof kExpiries)[number];

export interface ExpiryChoice {
  expiry: Expiry;
  date: string;   // "2026-05-12", for `date`: that day is the last one
}

export const kForGood: ExpiryChoice = { expiry: 'never', date: '' };

const kDays: Partial<Record<Expiry, number>> = { day: 1, week: 7 };

function lastMoment(date: string): Date | undefined {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const end = new Date(year, month - 1, day, 23, 59, 59);
  const isReal = end.getFullYear() === year && end.getMonth() === month - 1 && end.getDate() === day;
  return isReal && year < 10_000 ? end : undefined;
}

// A month on: the same day, or the last one of a shorter month.
function inAMonth(now: Date): Date {
  const then = new Date(now);
  then.setMonth(now.getMonth() + 1);
  if (then.getDate() !== now.getDate()) then.setDate(0);
  return then;
}

// `wrong`: no date was chosen, or one that has passed. Without `at` it is shared until somebody stops it.
export function expiryOf({ expiry, date }: ExpiryChoice, now = new Date()): { at?: Date | undefined; wrong?: boolean } {
  if (expiry === 'never') return {};
  if (expiry === 'month') return { at: inAMonth(now) };
  const days = kDays[expiry];
  if (days !== undefined) return { at: new Date(now.getTime() + days * 86_400_000) };
  const end = lastMoment(date);
  return end && end > now ? { at: end } : { wrong: true };
}

// The form of a date that <input type="date"> takes.
export function dateText(day: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
