// Text that somebody else wrote: names of files and people, purposes. Shown as text, whatever it is: kept from turning
// its surroundings round, and with invisible and direction-changing characters made visible.
import { formatAgo, formatTime } from '../i18n/format.ts';
import { useMinute } from './use_minute.ts';
import { visible } from './visible.ts';

export { visible };

export function UserText({ text, class: className }: { text: string; class?: string }) {
  return <bdi class={className} dir="auto">{visible(text)}</bdi>;
}

// "3 minutes ago", with the exact time on hover.
export function Ago({ at }: { at: string }) {
  useMinute();
  return <time dateTime={at} title={formatTime(at)}>{formatAgo(at)}</time>;
}
