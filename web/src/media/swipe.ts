// Turning pages with a finger: sideways far enough, and more sideways than up or down.
const kFar = 48;        // pixels
const kSteep = 1.5;

interface SwipeHandlers {
  onPointerDown: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onPointerCancel: () => void;
}

export function swipe(onSwipe: (towards: 1 | -1) => void): SwipeHandlers {
  let start: { x: number; y: number; id: number } | undefined;
  let fingers = 0;
  return {
    onPointerDown: (event) => {
      if (event.pointerType === 'mouse') return;
      // A second finger zooms.
      start = ++fingers === 1 ? { x: event.clientX, y: event.clientY, id: event.pointerId } : undefined;
    },
    onPointerUp: (event) => {
      if (event.pointerType === 'mouse') return;
      fingers = Math.max(0, fingers - 1);
      if (!start || start.id !== event.pointerId) return;
      const x = event.clientX - start.x;
      const y = event.clientY - start.y;
      start = undefined;
      if (Math.abs(x) >= kFar && Math.abs(x) >= kSteep * Math.abs(y)) onSwipe(x < 0 ? 1 : -1);
    },
    onPointerCancel: () => {
      fingers = Math.max(0, fingers - 1);
      start = undefined;
    },
  };
}
