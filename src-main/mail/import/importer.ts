import * as z from 'zod'
import type { IngestItem, StoreForMail } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { packPage } from '../../shared/page-bytes'
import type { Rpc } from '../../shared/port-rpc'
import { yieldToWindow } from '../../shared/yield'
import type { MessageParser } from '../sync/page-pipe'
import { findMailFiles, readMailFile, type FileMessage, type MailFile } from './import-files'

const log = logger('import')

const pageMessages = 100
const pageBytes = 4 * 1024 * 1024
/** After a failure that even the end of the import could not be written for (a full disk), ms. */
const pauseMs = 15_000

/** Where an import stands: files before `path` are done, of that one, as long as it has so many bytes, what lies before `at`. */
const Position = z.object({ path: z.string(), at: z.number(), bytes: z.number().optional() })

type Store = Pick<Rpc<StoreForMail>, 'call'>

/** Reads mail from files into the store, one import after another; goes on where it was when the program ended. */
export class Importer {
  private store: Store | null = null
  private running: Promise<void> | null = null
  private again = false
  private stopped = false
  /** Ends a pause. */
  private goOn: () => void = () => undefined

  constructor(private readonly parser: MessageParser) {}

  connectStore(store: Store): void {
    this.store = store
    this.wake()
  }

  /** A new import waits, or the store is there again. */
  wake(): void {
    if (this.stopped) return
    this.again = true
    this.goOn()
    this.running ??= this.work().finally(() => {
      this.running = null
    })
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.goOn()
    await this.running
  }

  private async work(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false
      const { store } = this
      if (!store) return
      try {
        const { job } = await store.call('imports.next', {})
        if (!job) continue
        yieldToWindow()
        this.again = true
        await this.carryOut(store, job)
      } catch (fault) {
        const { code } = PosternError.from(fault)
        log.warn('import waits', { code })
        // The store is away or locked: it wakes this when it is back.
        if (code === 'service-stopped' || code === 'service-restarting' || code === 'store-locked')
          this.again = this.store !== store
        else if (this.again && !this.stopped) await this.pause()
      }
    }
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      this.goOn = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private async carryOut(
    store: Store,
    job: { id: number; paths: string[]; position: string | null; done: number },
  ): Promise<void> {
    try {
      const { files, left } = await findMailFiles(job.paths)
      const from = job.position === null ? null : Position.parse(JSON.parse(job.position))
      const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
      const start =
        from === null
          ? 0
          : Math.max(
              0,
              files.findIndex(({ path }) => path === from.path),
            )
      // In one that is gone, or was changed meanwhile, the place means nothing: it is read anew, and what is here already is left out.
      const goesOn = from !== null && files[start]?.path === from.path && files[start].bytes === from.bytes
      const before = files.slice(0, start).reduce((sum, { bytes }) => sum + bytes, 0)
      const feed = new Feed(store, this.parser, job.id, total, before)
      // Files without mail are told once, with the first page.
      if (from === null) feed.leave(left)
      for (const [index, file] of files.slice(start).entries()) {
        const at = index === 0 && goesOn ? from.at : 0
        if (!(await this.readFile(feed, file, at))) return
        feed.fileDone(file)
      }
      if (!(await feed.flush())) return
      await store.call('import.end', {
        id: job.id,
        error: files.length === 0 ? { code: 'not-found', detail: {} } : null,
      })
    } catch (fault) {
      const { code, detail } = PosternError.from(fault)
      if (['service-stopped', 'service-restarting', 'store-locked'].includes(code)) throw fault
      log.warn('import failed', { code })
      await store.call('import.end', { id: job.id, error: { code, detail } })
    }
  }

  /** @returns false when it is to end */
  private async readFile(feed: Feed, file: MailFile, from: number): Promise<boolean> {
    try {
      for await (const { message, next } of readMailFile(file, from)) {
        if (this.stopped) return false
        if (message === null) feed.leave(1)
        else if (!(await feed.add(file, message, next))) return false
      }
      return !this.stopped
    } catch (fault) {
      if (fault instanceof PosternError) throw fault
      // Gone or unreadable meanwhile: told, and the others go on.
      feed.leave(1)
      return true
    }
  }
}

/** Messages on their way into the store, by pages of one folder. */
class Feed {
  private messages: FileMessage[] = []
  private bytes = 0
  private file: MailFile | null = null
  private next = 0
  private left = 0

  constructor(
    private readonly store: Store,
    private readonly parser: MessageParser,
    private readonly id: number,
    private readonly total: number,
    private before: number,
  ) {}

  leave(count: number): void {
    this.left += count
  }

  fileDone(file: MailFile): void {
    this.before += file.bytes
    if (this.file === file) this.next = 0
  }

  async add(file: MailFile, message: FileMessage, next: number): Promise<boolean> {
    if (this.file !== null && this.file.folder !== file.folder && !(await this.flush())) return false
    this.file = file
    this.next = next
    this.messages.push(message)
    this.bytes += message.raw.byteLength
    return this.messages.length < pageMessages && this.bytes < pageBytes ? true : await this.flush()
  }

  async flush(): Promise<boolean> {
    const { messages, file, left } = this
    if (file === null && left === 0) return true
    this.messages = []
    this.bytes = 0
    this.left = 0
    const parsed = messages.length === 0 ? [] : await this.parser.parse(messages.map(({ raw }) => raw))
    const items: Omit<IngestItem, 'uid'>[] = messages.flatMap(({ flags, at }, index) => {
      const message = parsed[index]
      // The sender's date where it has one: the file's own may be the day it was copied.
      return message ? [{ flags, internalDate: Math.round(message.date ?? at), message }] : []
    })
    const at =
      file === null ? null : { path: file.path, at: this.next === 0 ? file.bytes : this.next, bytes: file.bytes }
    const { go } = await this.store.call('import.page', {
      id: this.id,
      folder: file?.folder ?? '',
      role: file?.role ?? 'archive',
      position: at === null ? null : JSON.stringify(at),
      done: Math.min(this.total, this.before + this.next),
      total: this.total,
      ...packPage(items),
      left,
    })
    return go
  }
}
