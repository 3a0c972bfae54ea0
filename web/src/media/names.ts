// Names of files: what the daemon takes, and names made from others. Pure functions.

const kMostBytes = 255;
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

// What stands behind the last dot; empty for none ("README", ".profile").
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}

// "beach.tar.gz" → "beach.tar" and ".gz".
export function splitName(name: string): { stem: string; ending: string } {
  const extension = extensionOf(name);
  const ending = extension ? `.${extension}` : '';
  return { stem: name.slice(0, name.length - ending.length), ending };
}

export type NameMistake = 'empty' | 'long' | 'dots' | 'slash' | 'control';

// Why the daemon would not take this name; the same rules as its own.
export function nameMistake(name: string): NameMistake | undefined {
  if (name === '') return 'empty';
  if (name === '.' || name === '..') return 'dots';
  if (/[/\\]/.test(name)) return 'slash';
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)) return 'control';
  return bytesOf(name) > kMostBytes ? 'long' : undefined;
}

// The stem cut to what fits before `rest`; never through the middle of a character.
function fitting(stem: string, rest: string): string {
  const points = [...stem];
  while (points.length > 0 && bytesOf(points.join('') + rest) > kMostBytes) points.pop();
  return points.join('');
}

// The name itself, or the first of "beach (2).jpg", "beach (3).jpg", … that is free.
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  const { stem, ending } = splitName(name);
  let candidate = name;
  for (let number = 2; isTaken(candidate); ++number) {
    const rest = ` (${number})${ending}`;
    candidate = fitting(stem, rest) + rest;
  }
  return candidate;
}

// A name that every file system takes.
export function diskName(name: string): string {
  // eslint-disable-next-line no-control-regex
  const plain = name.replace(/[\u0000-\u001f\u007f-\u009f<>:"/\\|?*\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '_').replace(/[. ]+$/, '_');
  return plain || '_';
}
