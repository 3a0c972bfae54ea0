// The daemon's checks of itself in the page's language: which are worse, and what each says.
import { type Schema } from '../../api/types.ts';
import { formatSize, formatTime } from '../../i18n/format.ts';
import { tMaybe } from '../../i18n/index.ts';
import { visible } from '../../ui/visible.ts';

export type Check = Schema<'HealthCheck'>;
export type State = Check['state'];

export const kStates = ['error', 'warning', 'unknown', 'ok'] as const satisfies readonly State[];  // the worst first

const kTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const kCount = /^\d{1,15}$/;

// Values are texts: numbers of bytes, counts and times among them. The rest is shown as it is, whoever wrote it.
function shown(name: string, value: string): string | number {
  if (kTime.test(value)) return formatTime(value);
  if (!kCount.test(value)) return visible(value);
  return name.endsWith('_bytes') ? formatSize(Number(value)) : Number(value);
}

export function checkTitle(check: string): string {
  return tMaybe(`health.check.${check}`) ?? visible(check.replaceAll('_', ' '));
}

// What was found, and what to do. Undefined: only the daemon's own English words say it, as its code is not known here
// or a value is missing that the words need.
export function checkText({ check, code, values }: Pick<Check, 'check' | 'code' | 'values'>): string | undefined {
  const all = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(name, value)]));
  try {
    return tMaybe(`health.${check}.${code}`, all) ?? tMaybe(`health.any.${code}`, all);
  } catch {
    return undefined;
  }
}
