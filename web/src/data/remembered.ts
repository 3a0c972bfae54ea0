// What this browser remembers between visits: small choices, nothing private. Browsers that keep nothing for pages
// forget them, and that is all.

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`kith-${name}`);
  } catch {
    return null;
  }
}

// null: forget it.
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`kith-${name}`);
    else localStorage.setItem(`kith-${name}`, value);
  } catch {
    // Full, or not allowed.
  }
}
