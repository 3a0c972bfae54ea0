// Secrets and codes as people read, type and keep them.

// "ABCDEFGH" as "ABCD EFGH".
export function inFours(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ');
}

// What was typed or pasted, without the gap that apps show in the middle.
export function digitsOf(typed: string): string {
  return typed.replace(/\D/g, '');
}

// The text file of recovery codes.
export function codesFile(heading: string, codes: string[]): string {
  return `${heading}\r\n\r\n${codes.join('\r\n')}\r\n`;
}
