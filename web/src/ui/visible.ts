// Text that somebody else wrote, with invisible and direction-changing characters made visible; also for what runs without a page.

// C0 and C1 controls, zero-width characters, marks and overrides of direction, line separators, tags.
// eslint-disable-next-line no-control-regex
const kUnseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function visible(text: string): string {
  return text.replace(kUnseen, (one) => {
    const joins = one === '\u200d' || one === '\u200c';  // emoji and scripts need these two
    return joins ? one : `⟨U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
