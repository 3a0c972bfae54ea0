// Speed over the last seconds, and what is left at that speed.
const kWindow = 5000;   // milliseconds
const kLeast = 500;     // milliseconds before there is anything to say

export class Meter {
  private readonly samples: { at: number; bytes: number }[] = [];

  // `bytes` have moved in all, at the time `at` in milliseconds. Fewer than before: a new start.
  note(bytes: number, at: number): void {
    const last = this.samples.at(-1);
    if (last && bytes < last.bytes) this.samples.length = 0;
    this.samples.push({ at, bytes });
    // One sample from before the window stays, so that slow steps count too.
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) > kWindow) this.samples.shift();
  }

  // Bytes a second; undefined while that is not known.
  get speed(): number | undefined {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.at - first.at < kLeast) return undefined;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  // Seconds.
  timeLeft(bytes: number): number | undefined {
    const speed = this.speed;
    return speed ? bytes / speed : undefined;
  }
}
