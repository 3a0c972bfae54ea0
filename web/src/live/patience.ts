// How long to wait before something is tried again: longer each time, and never all at once.
import { until } from '../outside/waiting.ts';

const kPauses = [250, 1000, 2000, 4000, 8000, 15_000];  // milliseconds

export class Patience {
  private tried = 0;

  // Throws the signal's reason.
  async wait(signal: AbortSignal, seconds?: number): Promise<void> {
    const pause = kPauses[Math.min(this.tried, kPauses.length - 1)] ?? 0;
    ++this.tried;
    await until(pause * (0.75 + Math.random() / 2), signal, seconds);
  }

  get tries(): number {
    return this.tried;
  }

  // It worked.
  reset(): void {
    this.tried = 0;
  }
}
