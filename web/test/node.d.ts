// As much of node's own modules as the tests use.
declare module 'node:test' {
  export function test(name: string, run: () => void | Promise<void>): void;
}

declare module 'node:assert/strict' {
  interface Assert {
    (value: unknown, message?: string): asserts value;
    ok(value: unknown, message?: string): asserts value;
    equal<T>(actual: T, expected: T, message?: string): void;
    deepEqual<T>(actual: T, expected: T, message?: string): void;
    match(text: string, pattern: RegExp): void;
    notEqual<T>(actual: T, expected: T, message?: string): void;
    rejects(act: Promise<unknown> | (() => Promise<unknown>), expected: RegExp | { name: string }, message?: string): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}

declare module 'node:crypto' {
  export const webcrypto: Crypto;
  interface Hash { digest(form: 'hex'): string; digest(): Uint8Array }
  export function createHash(name: 'sha256'): { update(content: string | Uint8Array): Hash };
}

declare function setImmediate(act: (value?: unknown) => void): void;
