// The order in an album. Pure functions on ids.

// `ids` in their present order, in front of `before`, or at the end.
export function placed(order: readonly string[], ids: readonly string[], before: string | undefined): string[] {
  const moving = new Set(ids);
  const block = order.filter((id) => moving.has(id));
  const rest = order.filter((id) => !moving.has(id));
  const at = before === undefined ? rest.length : rest.indexOf(before);
  return at < 0 ? [...order] : [...rest.slice(0, at), ...block, ...rest.slice(at)];
}

export interface Move { ids: string[]; before: string | undefined }   // undefined: at the end

// The block of `ids` one step towards the beginning or the end; what lay between them comes behind. Undefined: it is there.
export function step(order: readonly string[], ids: readonly string[], by: -1 | 1): Move | undefined {
  const moving = new Set(ids);
  const block = order.filter((id) => moving.has(id));
  const edge = by < 0 ? block[0] : block.at(-1);
  if (edge === undefined) return undefined;
  const at = order.indexOf(edge);
  const start = by < 0 ? at : at - block.length + 1;
  const isTogether = block.every((id, index) => order[start + index] === id);
  if (by > 0) return at + 1 === order.length && isTogether ? undefined : { ids: block, before: order[at + 2] };
  const before = order[at - 1] ?? (isTogether ? undefined : order.find((id) => !moving.has(id)));
  return before === undefined ? undefined : { ids: block, before };
}

// In front of `target`, or behind it. Undefined: nothing would change.
export function dropped(order: readonly string[], ids: readonly string[], target: string, side: 'before' | 'behind'): Move | undefined {
  const moving = new Set(ids);
  const from = order.indexOf(target) + (side === 'behind' ? 1 : 0);
  const before = order.slice(from).find((id) => !moving.has(id));
  const block = order.filter((id) => moving.has(id));
  const next = placed(order, block, before);
  return next.every((id, at) => id === order[at]) ? undefined : { ids: block, before };
}

// What puts `ids` back where they are now, once they were taken out.
export function waysBack(order: readonly string[], ids: readonly string[]): Move[] {
  const moving = new Set(ids);
  const moves: Move[] = [];
  let run: string[] = [];
  for (const id of order) {
    if (moving.has(id)) {
      run.push(id);
    } else if (run.length > 0) {
      moves.push({ ids: run, before: id });
      run = [];
    }
  }
  if (run.length > 0) moves.push({ ids: run, before: undefined });
  return moves;
}
