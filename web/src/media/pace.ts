// How far and how fast something moves, in words.
import { formatDuration, formatPercent, formatSpeed } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { type Meter } from './meter.ts';

// "45 % · 1.2 MB/s · 10 seconds left"; what is not known yet is left out.
export function paceText(meter: Meter, sent: number, size: number): string {
  const { speed } = meter;
  const left = meter.timeLeft(size - sent);
  return [
    formatPercent(size > 0 ? sent / size : 1),
    speed !== undefined && formatSpeed(speed),
    left !== undefined && sent < size && t('time.left', { time: formatDuration(left) }),
  ].filter(Boolean).join(' · ');
}
