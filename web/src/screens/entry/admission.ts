// The right to register once: a challenge is fetched, solved and exchanged for a token, while the person still types.
// Tokens run out; the next one is made when it is needed.
import { signal } from '@preact/signals';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Schema } from '../../api/types.ts';
import { type Challenge, proofOf, solve } from './challenge.ts';

export type Stand =
  | { step: 'idle' }
  | { step: 'working'; part: number }
  | { step: 'ready' }
  | { step: 'failed'; problem: Problem };

export interface Door {
  challenge: () => Promise<Challenge>;
  token: (altcha: string) => Promise<Schema<'RegistrationToken'>>;
}

const kMargin = 30_000;  // milliseconds a token must be good for after it was handed out
const kTries = 2;        // the first solution may come too late, after the machine slept

export class Admission {
  readonly stand = signal<Stand>({ step: 'idle' });
  #held: { token: string; until: number } | undefined;
  #work: Promise<string> | undefined;
  readonly #giveUp = new AbortController();

  constructor(private readonly door: Door, private readonly now: () => number = Date.now) {}

  // A token that is good. Throws a Problem.
  token(): Promise<string> {
    if (this.#held && this.now() < this.#held.until) return Promise.resolve(this.#held.token);
    this.#work ??= this.#get().finally(() => { this.#work = undefined; });
    return this.#work;
  }

  // So that it is there when it is needed. What failed is not tried again by itself.
  begin(): void {
    if (this.stand.value.step !== 'failed') this.token().catch(() => undefined);
  }

  // It was used or refused.
  drop(): void {
    this.#held = undefined;
    this.stand.value = { step: 'idle' };
  }

  stop(): void {
    this.#giveUp.abort();
  }

  async #get(): Promise<string> {
    this.stand.value = { step: 'working', part: 0 };
    try {
      const { token, expires_at } = await this.#exchange();
      this.#held = { token, until: Date.parse(expires_at) - kMargin };
      this.stand.value = { step: 'ready' };
      return token;
    } catch (reason) {
      const problem = asProblem(reason);
      this.stand.value = { step: 'failed', problem };
      throw problem;
    }
  }

  // In hundredths: nobody sees more, and each is drawn.
  #tell(part: number): void {
    const rounded = Math.floor(part * 100) / 100;
    const { value } = this.stand;
    if (value.step !== 'working' || value.part !== rounded) this.stand.value = { step: 'working', part: rounded };
  }

  async #exchange(): Promise<Schema<'RegistrationToken'>> {
    for (let tried = 1; ; ++tried) {
      const challenge = await this.door.challenge();
      const number = await solve(challenge, {
        onPart: (part) => this.#tell(part),
        signal: this.#giveUp.signal,
      });
      try {
        return await this.door.token(proofOf(challenge, number));
      } catch (reason) {
        if (asProblem(reason).code !== 'challenge_failed' || tried >= kTries) throw reason;
      }
    }
  }
}
