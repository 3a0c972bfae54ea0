import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { type Instance } from '../../api/types.ts';
import { type Resource, useResource } from '../../data/use_resource.ts';

// How this instance is called and reached; read again when that changes.
export function useInstance(): Resource<Instance> {
  const instance = useResource((signal) => call('get', '/api/instance', { signal }), []);
  useEvent('instance', instance.reload);
  return instance;
}
