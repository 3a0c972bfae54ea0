// How much this page holds in memory to copy it. Pure.
export const kMostCopied = 64 * 1000 * 1000;            // bytes of one file
export const kMostCopiedTogether = 256 * 1000 * 1000;   // bytes

// Which of them can be copied, in their order, and which are too large or too many.
export function fittingCopies<Item extends { size: number }>(items: readonly Item[]): { fitting: Item[]; tooLarge: Item[] } {
  const fitting: Item[] = [];
  const tooLarge: Item[] = [];
  let sum = 0;
  for (const item of items) {
    if (item.size > kMostCopied || sum + item.size > kMostCopiedTogether) {
      tooLarge.push(item);
      continue;
    }
    sum += item.size;
    fitting.push(item);
  }
  return { fitting, tooLarge };
}
