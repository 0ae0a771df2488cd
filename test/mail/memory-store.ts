/** The store's side of the table in memory: what the tests of mail need of it, checked by the same schemas. */
import {
  storeForMail,
  type FolderCursor,
  type Handlers,
  type OutboxJob,
  type OutboxOutcome,
  type MailboxProgress,
  type ParsedMessage,
  type ServerOp,
  type StoreForMail,
  type TableInput,
  type TableOutput,
} from '../../src-preload/contract/internal'
import type { Mailbox } from '../../src-preload/contract/mailboxes'
import { PosternError } from '../../src-preload/contract/errors'
import { unpackPage } from '../../src-main/shared/page-bytes'

export interface StoredMessage {
  uid: number
  flags: string[]
  message: ParsedMessage
  backfill: boolean
  order: number
}
export interface StoredFolder {
  cursor: FolderCursor
  mailboxId: number
  messages: Map<number, StoredMessage>
  serverCount: number
  missing?: number
  verifiedAt?: number
}

export class MemoryStore {
  readonly folders: StoredFolder[] = []
  readonly ops: ServerOp[] = []
  readonly settledOps: {
    id: number
    result: string
    newUids: { uid: number; newUid: number }[]
    newPath: string | null
  }[] = []
  readonly outbox: {
    job: OutboxJob
    state: OutboxOutcome['state'] | 'sending'
    outcome: OutboxOutcome | null
    dueAt: number
    composed: ParsedMessage | null
  }[] = []
  readonly copies: {
    id: number
    messageId: string
    date: number
    raw: Uint8Array
    tries: number
    throughId: number | null
  }[] = []
  team: TableOutput<StoreForMail, 'team.link'>['link'] = null
  readonly teamStates: string[] = []
  progress: MailboxProgress | null = null
  readonly states: string[] = []
  pages = 0
  private order = 0
  /** Called before each page is stored; may throw or wait. */
  beforePage: (() => Promise<void> | void) | null = null

  constructor(readonly mailboxes: Mailbox[]) {}

  readonly port = {
    call: async <N extends keyof StoreForMail>(
      name: N,
      input: TableInput<StoreForMail, N>,
    ): Promise<TableOutput<StoreForMail, N>> => {
      const parsed = storeForMail[name].input.parse(input)
      const handler = this.handlers[name]
      const value = await handler(parsed as never)
      return storeForMail[name].output.parse(value) as TableOutput<StoreForMail, N>
    },
  }

  folder(path: string): StoredFolder {
    const found = this.folders.find((folder) => folder.cursor.path === path)
    if (!found) throw new Error(`no folder ${path}`)
    return found
  }

  /** What is stored, in a form that can be compared: path -> UID, Message-ID, flags. */
  digest(): Record<string, string[]> {
    return Object.fromEntries(
      this.folders.map((folder) => [
        folder.cursor.path,
        [...folder.messages.values()]
          .toSorted((a, b) => a.uid - b.uid)
          .map((one) => `${one.uid} ${one.message.messageId} ${one.flags.toSorted().join(',')}`),
      ]),
    )
  }

  private byId(id: number): StoredFolder {
    const found = this.folders.find((folder) => folder.cursor.folderId === id)
    if (!found) throw new PosternError('not-found')
    return found
  }

  private checked(id: number, uidValidity: string): StoredFolder {
    const folder = this.byId(id)
    if (folder.cursor.uidValidity !== uidValidity) throw new PosternError('conflict', 'uidvalidity')
    return folder
  }

  private readonly handlers: Handlers<StoreForMail> = {
    'mailboxes.all': () => ({ mailboxes: this.mailboxes }),
    'team.link': () => ({ link: this.team }),
    'team.outgoing': () => ({ pack: null, hashes: [], nextDueAt: null, summary: false }),
    'team.sent': () => ({ prune: [] }),
    'team.known': () => ({ places: [], upTo: null, wholeRoster: false }),
    'team.arrived': () => ({}),
    'team.folder': () => ({ prune: [] }),
    'team.time': () => ({}),
    'team.status': ({ state }) => (this.teamStates.push(state), {}),
    'folders.sync': ({ mailboxId, folders, keep }) => {
      for (const one of this.folders.filter(
        ({ cursor: { path }, ...folder }) =>
          folder.mailboxId === mailboxId && !folders.some((wanted) => wanted.path === path) && !keep.includes(path),
      ))
        this.folders.splice(this.folders.indexOf(one), 1)
      for (const { path, role } of folders) {
        const known = this.folders.find((folder) => folder.mailboxId === mailboxId && folder.cursor.path === path)
        if (known) known.cursor.role = role
        else
          this.folders.push({
            mailboxId,
            messages: new Map(),
            serverCount: 0,
            cursor: {
              folderId: ++this.order,
              path,
              role,
              uidValidity: null,
              highUid: 0,
              lowUid: 0,
              modSeq: null,
              complete: false,
            },
          })
      }
      return {
        folders: this.folders
          .filter((folder) => folder.mailboxId === mailboxId)
          .map((folder) => ({ ...folder.cursor })),
      }
    },
    'folder.reset': ({ folderId, uidValidity }) => {
      const folder = this.byId(folderId)
      folder.messages.clear()
      folder.cursor = { ...folder.cursor, uidValidity, highUid: 0, lowUid: 0, modSeq: null, complete: false }
      return { ...folder.cursor }
    },
    'folder.known': ({ folderId, uidValidity, fromUid, toUid }) => ({
      uids: [...this.checked(folderId, uidValidity).messages.keys()].filter((uid) => uid >= fromUid && uid <= toUid),
    }),
    'folder.reattach': () => ({ uids: [] }),
    'ingest.page': async (page) => {
      const { folderId, uidValidity, items, cursor, backfill } = unpackPage(page)
      await this.beforePage?.()
      const folder = this.checked(folderId, uidValidity)
      this.pages += 1
      for (const { uid, flags, message } of items)
        folder.messages.set(uid, { uid, flags, message, backfill, order: ++this.order })
      folder.cursor = {
        ...folder.cursor,
        ...Object.fromEntries(Object.entries(cursor).filter(([, value]) => value !== undefined)),
      }
      return { stored: items.length, asked: false }
    },
    'flags.apply': ({ folderId, uidValidity, changes, modSeq }) => {
      const folder = this.checked(folderId, uidValidity)
      for (const { uid, flags } of changes) {
        const one = folder.messages.get(uid)
        if (one) one.flags = flags
      }
      if (modSeq !== null) folder.cursor.modSeq = modSeq
      return { changed: changes.length }
    },
    'folder.vanished': ({ folderId, uidValidity, uids }) => {
      const folder = this.checked(folderId, uidValidity)
      return { removed: uids.filter((uid) => folder.messages.delete(uid)).length }
    },
    'folders.all': ({ mailboxId }) => ({
      folders: this.folders.filter((folder) => folder.mailboxId === mailboxId).map((folder) => ({ ...folder.cursor })),
    }),
    'folders.counted': ({ counts }) => {
      for (const { folderId, serverCount } of counts) this.byId(folderId).serverCount = serverCount
      const here = counts.map(({ folderId }) => this.byId(folderId))
      return {
        differing: here
          .filter((folder) => folder.cursor.complete && folder.messages.size !== folder.serverCount)
          .map(({ cursor }) => cursor.folderId),
        done: here.reduce((sum, folder) => sum + folder.messages.size, 0),
      }
    },
    'folder.renamed': ({ folderId, path }) => {
      this.byId(folderId).cursor.path = path
      return {}
    },
    'folder.sample': ({ folderId, limit }) => ({
      messages: [...this.byId(folderId).messages.values()]
        .slice(0, limit)
        .map(({ uid, message }) => ({ uid, messageId: message.messageId, size: message.rawSize, sent: false })),
    }),
    'folder.checked': ({ folderId, serverCount, missing, verified }) => {
      const folder = this.byId(folderId)
      Object.assign(folder, { serverCount, missing }, verified ? { verifiedAt: Date.now() } : {})
      return { localCount: folder.messages.size }
    },
    'progress.set': (progress) => {
      this.progress = progress
      if (this.states.at(-1) !== progress.state) this.states.push(progress.state)
      return {}
    },
    'ops.next': ({ mailboxId, limit, after }) => ({
      ops: this.ops.filter((op) => op.mailboxId === mailboxId && op.id > after).slice(0, limit),
    }),
    'ops.waiting': ({ mailboxId, except }) => ({
      count: this.ops.filter((op) => op.mailboxId === mailboxId && !except.includes(op.id)).length,
    }),
    'ops.settle': ({ id, result, newUids, newPath }) => {
      this.settledOps.push({ id, result, newUids, newPath })
      if (result !== 'retry')
        this.ops.splice(
          this.ops.findIndex((op) => op.id === id),
          1,
        )
      return {}
    },
    'outbox.claim': ({ mailboxId }) => {
      const queued = this.outbox.filter((one) => one.job.mailboxId === mailboxId && one.state === 'queued')
      const due = queued.find((one) => one.dueAt <= Date.now())
      if (due) due.state = 'sending'
      return {
        look: null,
        job: due?.job ?? null,
        nextDueAt: queued.length > 0 ? Math.min(...queued.map((one) => one.dueAt)) : null,
      }
    },
    'outbox.composed': ({ id, raw, message }) => {
      const one = this.outbox.find((entry) => entry.job.id === id)
      if (one) {
        one.job = { ...one.job, raw }
        one.composed = message
      }
      return {}
    },
    'outbox.ending': () => ({}),
    'outbox.settle': (outcome) => {
      const one = this.outbox.find((entry) => entry.job.id === outcome.id)
      if (one) {
        one.state = outcome.state
        if (outcome.state === 'sent' && one.job.raw)
          this.copies.push({
            id: one.job.id,
            messageId: one.job.messageId,
            date: one.job.date,
            raw: one.job.raw,
            tries: 0,
            throughId: one.job.throughId,
          })
        one.outcome = outcome
        if (outcome.state === 'queued') one.dueAt = outcome.retryAt ?? Date.now() + 30_000
      }
      return {}
    },
    'network.record': () => ({}),
    'parts.next': () => ({ uids: [] }),
    'parts.complete': () => ({}),
    'imports.next': () => ({ job: null }),
    'import.page': () => ({ go: false }),
    'import.end': () => ({}),
    'outbox.lookedInVain': () => ({}),
    'outbox.reached': () => ({}),
    'copies.next': ({ except }) => ({ copy: this.copies.find(({ id }) => !except.includes(id)) ?? null }),
    'moves.next': () => ({ move: null }),
    'moves.settle': () => ({}),
    'copies.settle': ({ id, done }) => {
      if (done)
        this.copies.splice(
          this.copies.findIndex((copy) => copy.id === id),
          1,
        )
      return {}
    },
    'outbox.uncertain': () => ({
      jobs: this.outbox
        .filter((one) => one.state === 'uncertain')
        .map((one) => ({ ...one.job, state: 'uncertain' as const })),
    }),
  }
}
