import type { ErrorCode } from './errors'

/** The server was not reached: nothing was decided, and what waited is as good as before. Decided once for mail, store and window. */
export const unreachableCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'offline',
  'host-not-found',
  'connection-refused',
  'connection-lost',
  'timeout',
])
