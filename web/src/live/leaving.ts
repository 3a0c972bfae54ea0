// Calls it when the page goes away, so that the other side is told: until the function returned is called.
export function whenPageGoes(act: () => void): () => void {
  window.addEventListener('pagehide', act);
  return () => window.removeEventListener('pagehide', act);
}
