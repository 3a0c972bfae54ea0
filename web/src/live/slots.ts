// A few places for many who want one. Browsers open six connections to a server: chunks may take half of them, whoever they
// are for. A free place goes to whom has the fewest.
const kMost = 3;

interface Waiting { user: object; go: () => void }

export class Slots {
  private readonly held = new Map<object, number>();
  private readonly waiting: Waiting[] = [];
  private taken = 0;

  constructor(private readonly most = kMost) {}

  // What gives the place back; to be called once. Throws the signal's reason.
  async take(user: object, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.taken >= this.most) await this.wait(user, signal);
    else this.grant(user);
    return () => this.release(user);
  }

  private wait(user: object, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        reject(signal.reason as Error);
      };
      const one: Waiting = { user, go: () => { signal.removeEventListener('abort', leave); resolve(); } };
      this.waiting.push(one);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private grant(user: object): void {
    ++this.taken;
    this.held.set(user, this.of(user) + 1);
  }

  private of(user: object): number {
    return this.held.get(user) ?? 0;
  }

  private release(user: object): void {
    --this.taken;
    this.held.set(user, this.of(user) - 1);
    if (this.of(user) === 0) this.held.delete(user);
    const least = Math.min(...this.waiting.map((one) => this.of(one.user)));
    const at = this.waiting.findIndex((one) => this.of(one.user) === least);
    const [next] = at < 0 ? [] : this.waiting.splice(at, 1);
    if (!next) return;
    this.grant(next.user);
    next.go();
  }
}
