import { splitName } from '../../media/names.ts';
import { visible } from '../../ui/text.tsx';

const kLong = 40;       // characters
const kStart = 24;
const kEnd = 10;

// For sentences: a long name loses its middle, never its ending.
export function shortName(name: string): string {
  const whole = [...name];
  if (whole.length <= kLong) return visible(name);
  const { ending } = splitName(name);
  const tail = [...ending].length <= kEnd ? ending : whole.slice(-kEnd).join('');
  return `${visible(whole.slice(0, kStart).join(''))}…${visible(tail)}`;
}
