/** A real store with a real sender in this process, on a server for outgoing mail; its mailbox has an empty Sent. */
import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import { OutboxSender, type Synced } from '../../../src-main/mail/send/outbox-sender'
import type { SyncPorts } from '../../../src-main/mail/sync/sync-ports'
import type { Harness } from '../../store/helpers'
import { inlineParser, mailboxAt, serverAt } from '../harness'

/** Nothing is found on the server, so whatever is in doubt stays in doubt; copies are filed nowhere. */
const nothingThere = {
  select: async () => ({}),
  searchUids: async () => [],
  append: async () => undefined,
  listFolders: async () => [],
} as never
const emptyServer: Synced = {
  seeAnswers: async () => undefined,
  pathOf: async () => 'Sent',
  touched: () => undefined,
  withActsSession: async (job) => job(nothingThere),
  withPutSession: async (_bytes, job) => job(nothingThere),
}

export function mailboxFor(port: number): Omit<Mailbox, 'id' | 'paused'> {
  const { id: _id, paused: _paused, ...settings } = mailboxAt(serverAt(1), serverAt(port))
  return settings
}

export function outboxDesk(
  harness: Harness,
  port: number,
  sync: Partial<Synced> = {},
  store: SyncPorts['store'] = harness.mail,
): OutboxSender {
  const mailbox: Mailbox = { ...mailboxFor(port), id: 1, paused: false }
  return new OutboxSender(
    mailbox,
    {
      store,
      parser: inlineParser,
      app: {
        call: async (_name, input) =>
          ({ user: 'server' in input ? input.server.user : '', password: 'right-password' }) as never,
      },
    },
    { ...emptyServer, ...sync },
  )
}

/** Queues a new message. @returns its outbox id */
export async function queueOne(harness: Harness, text: string): Promise<number> {
  const draft = await harness.call('drafts.start', {
    kind: 'new',
    conversationId: null,
    messageId: null,
    mailboxId: 1,
    visibleText: null,
  })
  await harness.call('drafts.save', {
    ...draft,
    to: [{ name: '', address: 'anna@customer.test' }],
    bcc: [{ name: '', address: 'boss@acme.test' }],
    subject: text,
    text,
    html: `<p>${text}</p>`,
  })
  return (await harness.call('outbox.send', { draftId: draft.id, thenStatus: 'closed' })).outboxId
}

export interface Item {
  state: string
  message_id: string
  error: string | null
}
export const itemInOutbox = (harness: Harness, id: number): Item | undefined =>
  harness.db.read.get<Item>('SELECT state, message_id, error FROM outbox WHERE id = ?', id)
export const stateOfOutbox = (harness: Harness): string =>
  harness.db.read.get<{ state: string }>('SELECT state FROM outbox ORDER BY id DESC LIMIT 1')?.state ?? 'none'
