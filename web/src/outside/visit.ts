// One look at an exchange: what its link says, what the daemon tells about it, and the password once it is known.
import { signal } from '@preact/signals';
import { asProblem, Problem } from '../api/problem.ts';
import { type Access, type Info, readInfo } from './calls.ts';
import { type LinkKey } from '../sealed/key.ts';
import { type Link } from './link.ts';

export class Visit {
  readonly info = signal<Info | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);   // of the last reading
  access: Access;

  constructor(readonly link: Link) {
    this.access = { token: link.token, password: '' };
  }

  // What is brought is sealed with it.
  get key(): LinkKey | undefined {
    return this.info.value?.encrypted ? this.link.key : undefined;
  }

  async read(): Promise<void> {
    try {
      this.info.value = await readInfo(this.access);
      this.problem.value = undefined;
    } catch (reason) {
      this.problem.value = asProblem(reason);
    }
  }

  // Throws a Problem: not the right one, too many tries.
  async unlock(password: string): Promise<void> {
    const access = { ...this.access, password };
    const info = await readInfo(access);
    if (info.password_required) throw new Problem('wrong_password', 401);
    this.access = access;
    this.info.value = info;
  }
}
