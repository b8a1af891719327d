/** The defaults of this library's `polling`, as the tracker reads them. */
import { readOptions } from '../../src/tracker/preset-options.ts';
import { userArn } from './people.ts';

export const defaultPolling: ReturnType<typeof readOptions>['polling'] = readOptions({
  client: { send: () => Promise.reject(new Error('It is not called.')) },
  chimeBearer: userArn('u'),
}).polling;
