/** What the integration tests of mail share: a mailbox on a private Dovecot, the memory store, a parser. */
import { seedMaildir, startDovecot } from '../servers/dovecot.mjs'
import { waitFor } from '../servers/process.mjs'
import { MailboxIdentity } from '../../src-preload/contract/identity'
import type { Mailbox, ServerSettings } from '../../src-preload/contract/mailboxes'
import type { OutboxJob, ParsedMessage } from '../../src-preload/contract/internal'
import type { SyncPorts } from '../../src-main/mail/sync/sync-ports'
import { MailboxSync } from '../../src-main/mail/sync/mailbox-sync'
import { OutboxSender } from '../../src-main/mail/send/outbox-sender'
import { parseMessage } from '../../src-main/mail/parse/parse-message'
import { MemoryStore } from './memory-store'
import { makeMessages } from './parse/make-messages'

export const user = { name: 'support@acme.test', password: 'right-password' }
export type Dovecot = Awaited<ReturnType<typeof startDovecot>>

/** Parses on this thread; the parser thread has its own tests. */
export const inlineParser = {
  parse: async (sources: readonly Uint8Array[]): Promise<ParsedMessage[]> =>
    Promise.all(sources.map((source) => parseMessage(source))),
}

export function serverAt(port: number, change: Partial<ServerSettings> = {}): ServerSettings {
  return { host: '127.0.0.1', port, security: 'none', user: user.name, ...change }
}

export function mailboxAt(imap: ServerSettings, smtp: ServerSettings = serverAt(1)): Mailbox {
  return {
    id: 1,
    name: 'Support',
    address: 'support@acme.test',
    imap,
    smtp,
    paused: false,
    local: false,
    depth: { bodies: 'all', months: 12, largest: null, pace: 'auto' },
    identity: MailboxIdentity.parse({}),
  }
}

export interface Running {
  store: MemoryStore
  sync: MailboxSync
  sender: OutboxSender
  stop: () => Promise<void>
}

/** Starts sync (and sender) of one mailbox on a store. */
export function run(
  mailbox: Mailbox,
  store = new MemoryStore([mailbox]),
  password: string | ((mailboxId: number) => string) = user.password,
  claim?: SyncPorts['claim'],
): Running {
  const ports: SyncPorts = {
    store: store.port,
    app: {
      call: async (_name, input) =>
        ({
          user: 'server' in input ? input.server.user : '',
          password: typeof password === 'string' ? password : password('mailboxId' in input ? input.mailboxId : 0),
        }) as never,
    },
    parser: inlineParser,
    ...(claim ? { claim } : {}),
  }
  const sync = new MailboxSync(mailbox, ports)
  const sender = new OutboxSender(mailbox, ports, sync)
  sync.start()
  return {
    store,
    sync,
    sender,
    stop: async () => {
      await Promise.all([sync.stop(), sender.stop()])
    },
  }
}

export async function untilIdle(store: MemoryStore, ms = 60_000): Promise<void> {
  await waitFor(() => store.progress?.state === 'idle', {
    ms,
    what: () => `idle (state ${store.progress?.state}, error ${JSON.stringify(store.progress?.error)})`,
  })
}

export function seed(dovecot: Dovecot, count: number, folder = 'INBOX', start = 0): void {
  const messages = [...makeMessages(start + count)].slice(start)
  seedMaildir(
    dovecot.maildirOf(user.name),
    messages.map(({ raw, date, seen }) => ({ raw, date, folder, flags: seen ? ['\\Seen'] : [] })),
  )
}

/** What the server holds, in the form of MemoryStore.digest. */
export function serverDigest(dovecot: Dovecot, folders: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(
    folders.map((folder) => {
      const lines = dovecot
        .doveadm('-f', 'tab', 'fetch', '-u', user.name, 'uid flags hdr.message-id', 'mailbox', folder)
        .trim()
        .split('\n')
        .slice(1)
        .filter((line) => line !== '')
      const rows = lines
        .map((line) => line.split('\t'))
        .map(([uid = '', flags = '', id = '']) => ({
          uid: Number(uid),
          text: `${uid} ${id.replace(/^<|>$/g, '')} ${flags
            .split(' ')
            .filter((flag) => flag !== '' && flag !== '\\Recent')
            .toSorted()
            .join(',')}`,
        }))
      return [folder, rows.toSorted((a, b) => a.uid - b.uid).map((row) => row.text)]
    }),
  )
}

let nextJob = 1
export function queue(store: MemoryStore, change: Partial<OutboxJob> = {}): number {
  const id = nextJob++
  const job: Omit<OutboxJob, 'envelope'> = {
    id,
    mailboxId: 1,
    state: 'queued',
    messageId: `reply-${id}-${Date.now()}@postern.test`,
    posternId: `p-${id}-${Date.now()}`,
    date: Date.UTC(2026, 10, 22, 9, 30),
    from: { name: 'Support', address: 'support@acme.test' },
    to: [{ name: 'Anna Müller', address: 'anna@customer.test' }],
    cc: [],
    bcc: [],
    subject: 'Re: Größe',
    html: '<p>Grüße</p>',
    text: 'Grüße\n',
    quote: null,
    signature: null,
    throughId: null,
    inReplyTo: 'first@customer.test',
    references: ['root@customer.test', 'first@customer.test'],
    files: [],
    raw: null,
    attempt: 1,
    ...change,
  }
  const envelope = [...job.to, ...job.cc, ...job.bcc].map((one) => one.address)
  store.outbox.push({ job: { ...job, envelope }, state: 'queued', outcome: null, dueAt: 0, composed: null })
  return id
}
export { seedMaildir, waitFor }
