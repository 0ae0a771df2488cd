import type { ConversationRow } from '../../src-preload/contract'
import { asCallError, type CallError } from '../client'
import { Pace } from './pace'
import { share } from './share'

export interface ListPage {
  rows: ConversationRow[]
  total: number
}
export type FetchPage = (offset: number, limit: number) => Promise<ListPage>

export const pageSize = 100
/** Pages that are kept although they are not on screen; older ones are forgotten. */
const keptPages = 12
const slowMs = 300
const firstRetryMs = 16
const longestRetryMs = 1000

/**
 * The part of a long list that is on screen, by pages of 100 rows. It asks for what is shown, keeps old rows while it asks
 * again, and keeps its pace however many changes are told.
 */
export class ListWindow {
  /** Rows of the whole list; null until the first answer. */
  total: number | null = null
  error: CallError | null = null
  slow = false
  /** Grows with every change, for useSyncExternalStore. */
  version = 0
  private readonly pages = new Map<number, ConversationRow[]>()
  private readonly fresh = new Set<number>()
  private shown: [number, number] = [0, 0]
  private readonly listeners = new Set<() => void>()
  private running = false
  private again = false
  private readonly pace = new Pace()
  private retryMs = firstRetryMs
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly fetch: FetchPage) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    this.load()
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) clearTimeout(this.timer)
    }
  }

  /** Shows the first page as it was before, until it is here. */
  before(page: ListPage): void {
    if (this.total !== null || this.error) return
    this.pages.set(0, page.rows)
    this.total = page.total
    this.changed()
  }

  row(index: number): ConversationRow | undefined {
    return this.pages.get(Math.floor(index / pageSize))?.[index % pageSize]
  }

  /** Index of a conversation among the rows that are loaded; -1 when it is not. */
  indexOf(id: number): number {
    for (const [page, rows] of this.pages) {
      const at = rows.findIndex((row) => row.id === id)
      if (at >= 0) return page * pageSize + at
    }
    return -1
  }

  /** The same, where nothing has changed since its rows were asked for. */
  freshIndexOf(id: number): number {
    const at = this.indexOf(id)
    return this.fresh.has(Math.floor(at / pageSize)) ? at : -1
  }

  /**
   * Ids of the rows from one index to another, from the first one on and at most so many; rows that are not here, or of before a
   * change, are asked for.
   */
  async idsBetween(from: number, to: number, most: number): Promise<number[]> {
    const ids: number[] = []
    let asked = -1
    const step = from <= to ? 1 : -1
    for (let index = from; index !== to + step && ids.length < most; index += step) {
      const page = Math.floor(index / pageSize)
      if (!this.fresh.has(page) && page !== asked) {
        await this.fetchPage(page)
        asked = page
      }
      const row = this.row(index)
      if (row) ids.push(row.id)
    }
    return ids
  }

  /** Says which rows are on screen; asks for their pages when they are not there. */
  show(first: number, last: number): void {
    this.shown = [Math.floor(Math.max(0, first) / pageSize), Math.floor(Math.max(0, last) / pageSize)]
    this.load()
  }

  /** Something changed: what is on screen is asked for again, the rest when it comes on screen. */
  refresh(): void {
    this.fresh.clear()
    this.load()
  }

  /** The row at an index, asked for when it is not loaded. */
  async ask(index: number): Promise<ConversationRow | undefined> {
    const page = Math.floor(index / pageSize)
    if (index < 0 || (this.total !== null && index >= this.total)) return undefined
    if (!this.pages.has(page)) await this.fetchPage(page)
    return this.row(index)
  }

  private wanted(): number[] {
    const pages: number[] = []
    const last = this.total === null ? this.shown[0] : Math.max(0, Math.ceil(this.total / pageSize) - 1)
    for (let page = Math.min(this.shown[0], last); page <= Math.min(this.shown[1], last); page++) {
      if (!this.fresh.has(page)) pages.push(page)
    }
    return pages
  }

  private load(): void {
    if (this.listeners.size === 0) return
    if (this.running) {
      this.again = true
      return
    }
    const wanted = this.wanted()
    if (wanted.length === 0) return
    clearTimeout(this.timer)
    // a page that is not there at all does not wait: only asking again does
    const wait = wanted.some((page) => !this.pages.has(page)) && !this.error ? 0 : this.pace.wait()
    if (wait <= 0) void this.run(wanted)
    else this.timer = setTimeout(() => this.load(), wait)
  }

  private async run(wanted: readonly number[]): Promise<void> {
    this.running = true
    this.again = false
    this.pace.started()
    const slow = setTimeout(() => {
      this.slow = true
      this.changed()
    }, slowMs)
    for (const page of wanted) this.fresh.add(page)
    try {
      await Promise.all(wanted.map((page) => this.fetchPage(page)))
      this.retryMs = firstRetryMs
    } catch (thrown) {
      for (const page of wanted) this.fresh.delete(page)
      const error = asCallError(thrown)
      if (error.code === 'service-restarting') this.retry()
      else {
        this.error = error
        this.changed()
      }
    } finally {
      clearTimeout(slow)
      this.running = false
      if (this.slow) {
        this.slow = false
        this.changed()
      }
      if (this.again) this.load()
    }
  }

  private retry(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.load(), this.retryMs)
    this.pace.reset()
    this.retryMs = Math.min(longestRetryMs, this.retryMs * 2)
  }

  private async fetchPage(page: number): Promise<void> {
    const answer = await this.fetch(page * pageSize, pageSize)
    const old = this.pages.get(page)
    const rows = share(old, answer.rows)
    const same = rows === old && answer.total === this.total && this.error === null
    this.pages.delete(page)
    this.pages.set(page, rows)
    this.total = answer.total
    this.error = null
    this.forgetOld()
    if (!same) this.changed()
  }

  private forgetOld(): void {
    const last = Math.ceil((this.total ?? 0) / pageSize)
    for (const page of this.pages.keys()) {
      const far = page < this.shown[0] || page > this.shown[1]
      if ((page > last || this.pages.size > keptPages) && far) {
        this.pages.delete(page)
        this.fresh.delete(page)
      }
    }
  }

  private changed(): void {
    this.version += 1
    for (const listener of this.listeners) listener()
  }
}
