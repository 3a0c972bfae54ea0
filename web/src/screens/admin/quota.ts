// A quota as it is typed: gigabytes, with a comma or a point; nothing for "as much as there is".

const kGigabyte = 1e9;          // as sizes are shown everywhere
const kUnlimited = 2 ** 60;     // what is more than any disk stands for "no limit"

export const isUnlimited = (bytes: number) => bytes >= kUnlimited;

export function gigabytesOf(bytes: number): string {
  return isUnlimited(bytes) ? '' : String(Math.round(bytes / kGigabyte * 1000) / 1000);
}

// undefined: that is no size.
export function bytesOf(typed: string): number | undefined {
  const text = typed.trim().replace(',', '.');
  if (text === '') return kUnlimited;
  if (!/^\d{1,8}(\.\d{1,3})?$/.test(text)) return undefined;
  return Math.round(Number(text) * kGigabyte);
}
