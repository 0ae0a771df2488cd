import type { FolderRole } from '../../../src-preload/contract/mailboxes'

/** How long a mailbox's sync waits for what, and what it makes of folders and failures. */

/** IDLE may be silent, and tells of one folder only: everything is looked at once a minute. */
export const pollMs = 60_000
/** Where the server tells of all folders (NOTIFY), a look around only finds what it forgot to tell. */
export const toldPollMs = 300_000
/** So long the first page has the machine and the server to itself; what is filled sooner needs no second connection. */
export const watchAfterMs = 1_000
export const actsIdleMs = 60_000
/** What takes seconds to put on the server gets a connection of its own. */
export const largePutBytes = 512 * 1024
/** A connection that was gone for so long has missed flags that only a look at all of them shows. */
export const longAwayMs = 600_000
/** A connection that held for so long worked: the next is made soon again. */
export const lastedMs = 60_000
/** Silence that ends a connection after sleep or a change of network. */
export const probeMs = 5_000
/** For so long after sleep or a change of network tries follow each other closely. */
export const unsettledMs = 600_000
export const unsettledTryMs = 8_000
/** A refused password is tried again so seldom that no server locks the account over it. */
export const refusedTryMs = 3_600_000
/** So long after another connection's login was refused no such is opened; ever longer, where the first one's is taken. */
export const anotherLoginMs = 120_000
/** That somebody must sign in anew, or with another password. */
export const loginCodes: ReadonlySet<string> = new Set(['auth-refused', 'sign-in-needed'])
export const offlineCodes: ReadonlySet<string> = new Set([
  'offline',
  'host-not-found',
  'connection-refused',
  'connection-lost',
  'timeout',
  'server-busy',
  'network-intercepted',
])
/** What a hotel's sign-in page looks like to a mail program. */
export const otherFaceCodes: ReadonlySet<string> = new Set([
  'certificate-wrong-host',
  'certificate-not-trusted',
  'certificate-expired',
  'not-tls',
  'plaintext-refused',
  'server-broken',
])

export const answersLieIn: ReadonlySet<FolderRole> = new Set(['inbox', 'sent', 'all'])
