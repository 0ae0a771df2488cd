import type { FolderCursor, IngestItem, ParsedMessage } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import { letGo } from '../../shared/bytes'
import type { FetchedMessage } from './imap-session'

export interface MessageParser {
  /** The bytes of a page's messages lie in buffers that nobody else has. */
  parse(sources: readonly Uint8Array[]): Promise<ParsedMessage[]>
  /** Work is on its way. */
  warm?(): void
}

const pageMessages = 200
const pageBytes = 4 * 1024 * 1024
/** Fetched and not stored yet, at most; a single larger message goes alone. */
const inFlightBytes = 16 * 1024 * 1024
const inFlightPages = 2

export type CursorMove = Partial<Pick<FolderCursor, 'highUid' | 'lowUid' | 'modSeq' | 'complete'>>

/**
 * Rows on their way into the store: gathered to pages, parsed while the next page is fetched, stored in order.
 * `add` waits when too much is under way, and with it the server.
 */
export class PagePipe {
  private rows: FetchedMessage[] = []
  private bytes = 0
  private readonly pages = new Set<{ bytes: number }>()
  private underWay = 0
  private last: Promise<void> = Promise.resolve()
  private failure: Error | null = null
  private freed: (() => void) | null = null

  constructor(
    private readonly parser: MessageParser,
    private readonly store: (items: IngestItem[], cursor: CursorMove) => Promise<void>,
  ) {}

  async add(row: FetchedMessage): Promise<void> {
    this.rows.push(row)
    this.bytes += row.source.byteLength
    if (this.rows.length >= pageMessages || this.bytes >= pageBytes) await this.flush({})
  }

  /** All rows of a window are here: its last page carries the cursor. */
  async endOfWindow(cursor: CursorMove): Promise<void> {
    await this.flush(cursor)
  }

  async drain(): Promise<void> {
    await this.last
    if (this.failure !== null) throw this.failure
  }

  private async flush(cursor: CursorMove): Promise<void> {
    const { rows, bytes } = this
    this.rows = []
    this.bytes = 0
    if (rows.length === 0 && Object.keys(cursor).length === 0) return
    const page = { bytes }
    this.pages.add(page)
    this.underWay += bytes
    const parsed = this.parser.parse(rows.map((row) => row.source))
    this.last = Promise.all([this.last, parsed])
      .then(async ([, messages]) => {
        if (this.failure !== null) return
        const items = rows.flatMap((row, index) => {
          const message = messages[index]
          return message
            ? [
                {
                  uid: row.uid,
                  flags: row.flags,
                  labels: row.labels,
                  thread: row.thread,
                  internalDate: row.internalDate,
                  message,
                  ...(row.part && { part: row.part, size: row.size }),
                },
              ]
            : []
        })
        await this.store(items, cursor)
        for (const { body, words } of messages) {
          letGo(body)
          if (words) letGo(words)
        }
        // Several may lie in what came at once from the server.
        for (const { source } of rows) if (source.byteLength === source.buffer.byteLength) letGo(source)
      })
      .catch((error: unknown) => {
        this.failure ??= error instanceof Error ? error : new PosternError('internal')
      })
      .finally(() => {
        this.pages.delete(page)
        this.underWay -= bytes
        this.freed?.()
      })
    while (this.pages.size >= inFlightPages + 1 || (this.pages.size > 0 && this.underWay > inFlightBytes)) {
      await new Promise<void>((resolve) => {
        this.freed = resolve
      })
      this.freed = null
    }
    if (this.failure !== null) throw this.failure
  }
}
