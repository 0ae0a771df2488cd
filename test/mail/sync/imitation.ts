/** A mailbox on the imitated IMAP server, for tests of the sync. */
import { afterEach } from 'vitest'
import { startImitation } from '../../servers/imap-imitation.mjs'
import { Backoff } from '../../../src-main/mail/sync/backoff'
import type { SyncPorts } from '../../../src-main/mail/sync/sync-ports'
import { MailboxSync } from '../../../src-main/mail/sync/mailbox-sync'
import { inlineParser, mailboxAt, serverAt, user, waitFor } from '../harness'
import { MemoryStore } from '../memory-store'

export type Imitation = Awaited<ReturnType<typeof startImitation>>
type Kind = Parameters<typeof startImitation>[0]['kind']

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

export async function imitate(
  kind: Kind,
  options: Omit<Parameters<typeof startImitation>[0], 'kind'> = {},
): Promise<Imitation> {
  const server = await startImitation({ kind, ...options })
  ends.push(() => server.stop())
  return server
}

export function letter(subject: string, more = ''): string {
  return `From: Ana <ana@customer.test>\r\nTo: ${user.name}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@customer.test>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n${more}\r\nhello ${subject}\r\n`
}

/** Syncs a mailbox on the server; tries follow each other fast. */
export function follow(
  server: { port: number },
  store: MemoryStore = new MemoryStore([mailboxAt(serverAt(server.port))]),
  port: Pick<MemoryStore['port'], 'call'> = store.port,
  mailbox = mailboxAt(serverAt(server.port)),
  backoff = new Backoff(20, 200),
): { store: MemoryStore; sync: MailboxSync; stop: () => Promise<void> } {
  const ports: SyncPorts = {
    store: port,
    app: { call: async () => ({ user: user.name, password: user.password }) as never },
    parser: inlineParser,
  }
  const sync = new MailboxSync(mailbox, ports, () => undefined, backoff)
  sync.start()
  ends.push(() => sync.stop())
  return { store, sync, stop: () => sync.stop() }
}

/** Subjects by folder, sorted: what is here. */
export function subjects(store: MemoryStore, path: string): string[] {
  return [...store.folder(path).messages.values()].map((one) => one.message.subject).toSorted()
}

export const until = (check: () => unknown, what: string, ms = 60_000): Promise<unknown> =>
  waitFor(check, { ms, what: () => what })
