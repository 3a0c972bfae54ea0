// Makes of many calls few: runs at once, and once more, a little later, for all calls that came meanwhile.
export function coalesced(act: () => Promise<void>, spacing = 300): () => void {
  let resting = false;
  let again = false;
  return function call() {
    if (resting) {
      again = true;
      return;
    }
    resting = true;
    void act().catch(() => undefined).finally(() => setTimeout(() => {
      resting = false;
      if (!again) return;
      again = false;
      call();
    }, spacing));
  };
}
