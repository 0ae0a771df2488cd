import { randomBytes } from 'node:crypto'
import { copyFileSync, rmSync } from 'node:fs'
import type { CallInput, CallOutput } from '../../src-preload/contract/calls'
import type { FolderRole, MailboxSettings } from '../../src-preload/contract/mailboxes'
import type { SendLimits } from '../../src-preload/contract/identity'
import type { NetworkRules } from '../../src-preload/contract/network'
import { PosternError } from '../../src-preload/contract/errors'
import type { PosternEvent } from '../../src-preload/contract/events'
import {
  appForStore,
  storeForApp,
  storeForMail,
  type Handlers,
  type IngestItem,
  type MailForStore,
  type ParsedMessage,
  type StoreForMail,
  type TableOutput,
  mailForStore,
} from '../../src-preload/contract/internal'
import { calls } from '../../src-preload/contract/calls'
import { newDeviceSecret } from '../../src-main/crypto/device-keys'
import { setLogSink } from '../../src-main/shared/log'
import { contentHash } from '../../src-main/shared/content-hash'
import { packMessage } from '../../src-main/shared/message-body'
import { joinPort, type Port, type Rpc } from '../../src-main/shared/port-rpc'
import { Database, databaseFile } from '../../src-main/store/file/database'
import { StoreService, type StoreCallName, type StoreCalls } from '../../src-main/store/service'
import { tempFolder } from '../servers/process.mjs'
import { packPage } from '../../src-main/shared/page-bytes'

// A fault behind a call would otherwise be a bare `internal` in the test.
setLogSink(
  (line) => process.stderr.write(`${line.level} ${line.message} ${JSON.stringify(line.facts)}\n`),
  process.env['STORE_LOG'] === undefined ? 'error' : 'info',
)

/** Two ends of a port whose messages are cloned, as between processes. */
export function pair(): [Port, Port] {
  const { port1, port2 } = new MessageChannel()
  const end = (port: MessagePort): Port => ({
    post: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.onmessage = ({ data }) => listener(data)
    },
    onClose: (listener) => port.addEventListener('close', listener),
  })
  return [end(port1), end(port2)]
}

export interface Sent {
  from: string
  to?: string[]
  cc?: string[]
  replyTo?: string[]
  subject?: string
  text?: string
  html?: string | null
  id?: string | null
  inReplyTo?: string[]
  references?: string[]
  date?: number
  auto?: ParsedMessage['autoKind']
  posternId?: string | null
  files?: { name: string; type?: string; size?: number; inline?: boolean }[]
  remoteUrls?: string[]
  raw?: string
}

const person = (text: string): { name: string; address: string } => {
  const match = /^(.*)<(.+)>$/.exec(text)
  return match ? { name: match[1]?.trim() ?? '', address: match[2] ?? '' } : { name: '', address: text }
}

export const day = 86_400_000
export const start = Date.UTC(2026, 9, 1)
let running = 0

/** A message as mail would hand it over. Without an id it gets one of its own; null leaves it without. */
export function parsed(sent: Sent): ParsedMessage {
  running++
  const text = sent.text ?? 'The bell does not ring.'
  const raw = Buffer.from(
    sent.raw ?? `From: ${sent.from}\r\nSubject: ${sent.subject ?? ''}\r\n\r\n${text}\r\n#${running}`,
  )
  const { body, source } = packMessage(
    { text, html: sent.html ?? null, textSuffices: (sent.html ?? null) === null, cut: false },
    raw,
  )
  const written = {
    date: sent.date ?? start + running * 60_000,
    subject: sent.subject ?? 'Bell',
    from: person(sent.from),
    to: (sent.to ?? ['support@acme.test']).map(person),
    cc: (sent.cc ?? []).map(person),
    unreadable: null,
    attachments: (sent.files ?? []).map((file, index) => ({
      index,
      name: file.name,
      type: file.type ?? 'application/octet-stream',
      size: file.size ?? 10,
      inline: file.inline ?? false,
      contentId: null,
      dangerous: false,
    })),
  }
  return {
    ...written,
    messageId: sent.id === undefined ? `m${running}@test` : sent.id,
    contentHash: contentHash(written, text),
    inReplyTo: sent.inReplyTo ?? [],
    references: sent.references ?? [],
    fromSuspicious: false,
    replyTo: (sent.replyTo ?? []).map(person),
    bcc: [],
    autoKind: sent.auto ?? 'none',
    snippet: text.slice(0, 100),
    remoteCount: (sent.remoteUrls ?? []).length,
    remoteUrls: sent.remoteUrls ?? [],
    posternId: sent.posternId ?? null,
    body,
    source,
    rawSize: raw.byteLength,
  }
}

export const settings = (address = 'support@acme.test', name = 'Support'): MailboxSettings => ({
  name,
  address,
  imap: { host: 'imap.acme.test', port: 993, security: 'tls', user: address },
  smtp: { host: 'smtp.acme.test', port: 465, security: 'tls', user: address },
})

let made: { file: string; key: Uint8Array } | null = null
/** A database with nothing in it and its key: making it takes longer than most tests, so it is made once and copied. */
function blank(): { file: string; key: Uint8Array } {
  if (made) return made
  const dir = tempFolder('blank')
  const key = randomBytes(32)
  Database.open(dir, key, () => undefined).database.close()
  return (made = { file: databaseFile(dir), key })
}

export class Harness {
  readonly dir: string
  readonly events: PosternEvent[] = []
  readonly woken: string[] = []
  /** What the store told app. */
  readonly toApp: unknown[] = []
  /** Mailboxes that app was told to begin anew. */
  readonly begunAnew: number[] = []
  onTeamWake: (changed: boolean) => void = () => undefined
  service = new StoreService()
  app!: Rpc<typeof storeForApp>
  mail!: Rpc<typeof storeForMail>
  private window!: Rpc<StoreCalls>
  parts: Handlers<MailForStore>['part.extract'] = () => ({
    type: 'application/octet-stream',
    bytes: new Uint8Array([1]),
  })
  whole: Handlers<MailForStore>['message.fetch'] = () => {
    throw new PosternError('offline')
  }
  image: Handlers<MailForStore>['image.fetch'] = () => ({
    type: 'image/png',
    bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
  })
  networkRules: NetworkRules | null = null
  private readonly uids = new Map<number, number>()

  private constructor(
    dir: string | null,
    readonly key: Uint8Array,
    readonly device: Uint8Array,
  ) {
    this.dir = dir ?? tempFolder('store')
  }

  /** `key` and `device`: those of an earlier run on the same folder. */
  static async make(
    dir: string | null = null,
    key?: Uint8Array,
    device: Uint8Array = newDeviceSecret(),
  ): Promise<Harness> {
    const copied = dir === null && key === undefined ? blank() : null
    // A key is wiped by whoever changes it.
    const harness = new Harness(dir, key ?? (copied ? Uint8Array.from(copied.key) : randomBytes(32)), device)
    if (copied) copyFileSync(copied.file, databaseFile(harness.dir))
    await harness.start()
    return harness
  }

  /** A process of its own could not know more than this one does after `restart`. */
  async start(): Promise<void> {
    this.service = new StoreService()
    const [storeEnd, appEnd] = pair()
    this.service.joinApp(storeEnd)
    const changed = ({ id }: { id: number }) => (this.begunAnew.push(id), {})
    this.app = joinPort(appEnd, appForStore, { 'mailbox.changed': changed }, storeForApp)
    this.app.onEvent((event) => this.toApp.push(event))
    await this.app.call('store.open', { dir: this.dir, key: Buffer.from(this.key), device: Buffer.from(this.device) })
    this.joinMail()
    const [forWindow, windowEnd] = pair()
    this.service.joinWindow(forWindow, { kind: 'agent', name: 'Ada' })
    const mine: StoreCalls = calls
    this.window = joinPort(windowEnd, {}, {}, mine)
    this.window.onEvent((event) => this.events.push(event as PosternEvent))
  }

  joinMail(): void {
    const [storeEnd, mailEnd] = pair()
    this.service.joinMail(storeEnd)
    this.mail = joinPort(
      mailEnd,
      mailForStore,
      {
        'part.extract': (input) => this.parts(input),
        'image.fetch': (input) => this.image(input),
        'outbox.wake': ({ mailboxId }) => {
          this.woken.push(`outbox ${mailboxId}`)
          return {}
        },
        'ops.wake': ({ mailboxId }) => {
          this.woken.push(`ops ${mailboxId}`)
          return {}
        },
        'team.wake': ({ changed }) => {
          this.woken.push(`team ${changed}`)
          this.onTeamWake(changed)
          return {}
        },
        'team.tryNats': () => ({}),
        'sync.now': () => {
          this.woken.push('sync')
          return {}
        },
        'message.fetch': (input) => this.whole(input),
        'imports.wake': () => {
          this.woken.push('imports')
          return {}
        },
        'network.rules': (rules) => {
          this.networkRules = rules
          return {}
        },
      },
      storeForMail,
    )
  }

  async restart(): Promise<void> {
    this.service.closeStore()
    await this.start()
  }

  async stop(): Promise<void> {
    this.service.closeStore()
    rmSync(this.dir, { recursive: true, force: true })
  }

  call<N extends StoreCallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    return this.window.call(name, input) as Promise<CallOutput<N>>
  }

  /** A mailbox with folders; their ids by path. */
  async mailbox(
    address = 'support@acme.test',
    folders: Record<string, FolderRole> = {
      INBOX: 'inbox',
      Sent: 'sent',
      Junk: 'junk',
      Trash: 'trash',
      Archive: 'archive',
      Drafts: 'drafts',
    },
  ): Promise<{ id: number; folders: Record<string, number> }> {
    const { id } = await this.app.call('mailbox.create', { settings: settings(address, address.split('@')[0]) })
    const synced = await this.mail.call('folders.sync', {
      mailboxId: id,
      folders: Object.entries(folders).map(([name, role]) => ({ path: name, delimiter: '/', role })),
    })
    for (const { folderId } of synced.folders) await this.mail.call('folder.reset', { folderId, uidValidity: '1' })
    return { id, folders: Object.fromEntries(synced.folders.map(({ path: name, folderId }) => [name, folderId])) }
  }

  async put(
    folderId: number,
    sent: Sent | ParsedMessage,
    options: { seen?: boolean; live?: boolean; uid?: number; at?: number; cursor?: { highUid?: number } } = {},
  ): Promise<number> {
    const message = 'body' in sent ? sent : parsed(sent)
    const uid = options.uid ?? (this.uids.get(folderId) ?? 0) + 1
    this.uids.set(folderId, Math.max(uid, this.uids.get(folderId) ?? 0))
    const item: IngestItem = {
      uid,
      flags: options.seen ? ['\\Seen'] : [],
      internalDate: options.at ?? (message.date ?? start) + 1000,
      message,
    }
    await this.mail.call('ingest.page', {
      folderId,
      uidValidity: '1',
      ...packPage([item]),
      cursor: options.cursor ?? {},
      backfill: !(options.live ?? false),
    })
    return uid
  }

  /** What mail asks when it has just looked at the mailbox; its server sets no limits but the given ones. */
  claim(
    mailboxId: number,
    limits: Partial<SendLimits> = {},
    lookedAt = Date.now(),
  ): Promise<TableOutput<StoreForMail, 'outbox.claim'>> {
    this.limit(mailboxId, limits)
    return this.mail.call('outbox.claim', {
      mailboxId,
      looked: this.db.read
        .all<{ id: number }>('SELECT id FROM mailboxes')
        .map(({ id }) => ({ mailboxId: id, at: lookedAt })),
    })
  }

  limit(mailboxId: number, limits: Partial<SendLimits>): void {
    const all = { perMinute: 10_000, recipients: 10_000, recipientsPerDay: 1_000_000, ...limits }
    this.service.open.workspace.db.write((tx) =>
      tx.run(
        "UPDATE mailboxes SET identity = json_set(identity, '$.limits', json(?)) WHERE id = ?",
        JSON.stringify(all),
        mailboxId,
      ),
    )
  }

  async list(
    view: 'inbox' | 'groups' | 'pending' | 'closed' | 'spam' | 'drafts' | 'outbox' = 'inbox',
    mailboxId: number | null = null,
  ): Promise<CallOutput<'conversations.list'>['rows']> {
    return (await this.call('conversations.list', { view, mailboxId, offset: 0, limit: 200 })).rows
  }

  get db(): StoreService['open']['workspace']['db'] {
    return this.service.open.workspace.db
  }
}

/** Waits until a promise is refused and gives its code. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (fault) {
    return fault instanceof Error && 'code' in fault ? String(fault.code) : 'other'
  }
}
