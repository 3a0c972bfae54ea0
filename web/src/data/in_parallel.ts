// Does the same for each of many, a few at a time. The results stand in the order of the items.
const kAtATime = 4;

export async function inParallel<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = new Array<Result>(items.length);
  const entries = items.entries();  // shared: each worker takes the next one
  const worker = async () => {
    for (const [at, item] of entries) results[at] = await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(kAtATime, items.length) }, worker));
  return results;
}
