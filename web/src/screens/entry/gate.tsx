import { type Arrival } from '../../shell/arrival.ts';

export function Gate(_: { arrival: Arrival }) {
  return <main class="gate" />;
}
