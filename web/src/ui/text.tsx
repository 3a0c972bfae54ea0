// Text that somebody else wrote: names of files and people, purposes. Shown as text, whatever it is: kept from turning
// its surroundings round, and with invisible and direction-changing characters made visible.
import { formatAgo, formatTime } from '../i18n/format.ts';
import { useMinute } from './use_minute.ts';

// C0 and C1 controls, zero-width characters, marks and overrides of direction, line separators, tags.
// eslint-disable-next-line no-control-regex
const kUnseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function visible(text: string): string {
  return text.replace(kUnseen, (one) => {
    const joins = one === '\u200d' || one === '\u200c';  // emoji and scripts need these two
    return joins ? one : `⟨U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

export function UserText({ text, class: className }: { text: string; class?: string }) {
  return <bdi class={className} dir="auto">{visible(text)}</bdi>;
}

// "3 minutes ago", with the exact time on hover.
export function Ago({ at }: { at: string }) {
  useMinute();
  return <time dateTime={at} title={formatTime(at)}>{formatAgo(at)}</time>;
}
