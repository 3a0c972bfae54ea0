// What this instance is called, known before anybody logs in.
import { computed, signal } from '@preact/signals';
import { call } from '../api/client.ts';
import { onEvent } from '../api/events.ts';
import { type Welcome } from '../api/types.ts';

export const welcome = signal<Welcome | undefined>(undefined);
export const instanceName = computed(() => welcome.value?.name || 'kith');

export async function readWelcome(): Promise<void> {
  welcome.value = await call('get', '/api/welcome');
}

onEvent('instance', () => void readWelcome().catch(() => undefined));
