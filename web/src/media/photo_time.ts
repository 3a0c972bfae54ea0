// When photos were taken, by the clock of the camera: what they are sorted and grouped by. Where that is not known, when
// they came here stands in for it, as it does in the daemon.
interface Taken { captured_at?: string | null | undefined; created_at: string }

const kToSeconds = 'YYYY-MM-DDTHH:MM:SS'.length;
const kToMonth = 'YYYY-MM'.length;

// "2024-07-01T12:00:00", without the zone.
export function takenAt({ captured_at, created_at }: Taken): string {
  return (captured_at ?? created_at).slice(0, kToSeconds);
}

// "2024-07".
export function monthOf(item: Taken): string {
  return takenAt(item).slice(0, kToMonth);
}

// What the daemon sorts photos by: to the millisecond, and by the id where that is the same.
export function photoKey({ captured_at, created_at, id }: Taken & { id: string }): string {
  const at = captured_at ? `${captured_at.slice(0, kToSeconds)}.000` : created_at.slice(0, kToSeconds + '.000'.length);
  return `${at} ${id}`;
}

// The first day that is not of this month any more: "2024-12" gives "2025-01-01".
export function dayAfterMonth(month: string): string {
  const year = Number(month.slice(0, 4));
  const number = Number(month.slice(5, 7));
  const next = number === 12 ? [year + 1, 1] : [year, number + 1];
  return `${String(next[0]).padStart(4, '0')}-${String(next[1]).padStart(2, '0')}-01`;
}
