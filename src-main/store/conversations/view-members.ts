import type { Reader, Value } from '../file/database'
import { breathe } from '../workspace'
import type { Filter } from './views'

/**
 * Which conversations a saved view shows, in its order. Two ways: where one of its conditions holds for few of them, those are
 * looked up and sorted; else the lists of its statuses are walked from their beginning, in steps between which others are
 * served, until enough were found. So the first page costs some milliseconds in a store of any size, unless common
 * conditions hold together for hardly any.
 */

/** `few`: of so many conversations that one condition finds each is looked up; `step`: rows of a list between which others are served, at most. */
export interface Sizes {
  readonly few: number
  readonly step: number
}
/** Each some milliseconds. */
const usual: Sizes = { few: 4000, step: 4000 }
/** Conditions may be cheap or dear to ask of a row: a step begins with a part of its rows, and the next has more or fewer by how long it took. */
const firstPart = 16
const stepMs = 8

export interface ViewQuery {
  readonly filter: Filter
  readonly order: 'newest' | 'oldest'
  readonly unreadOnly: boolean
}

interface Row {
  readonly id: number
  readonly last_at: number
}

/** Where a search ends before its end: with `most` of them, with `enough` once it has lasted `patience` ms, or with one that is met. */
export interface Ends {
  readonly most: number
  readonly enough?: number
  readonly until?: number
}
const patience = 25

/** @returns ids in the view's order, from the first one */
export async function membersOf(read: Reader, query: ViewQuery, ends: Ends, sizes = usual): Promise<number[]> {
  const { most, enough = most, until = 0 } = ends
  const few = fewOf(read, query.filter, sizes.few)
  if (few) return few.length === 0 ? [] : sorted(read, query, few, most)
  const begun = performance.now()
  const found: number[] = []
  const streams = query.filter.statuses.map((status) => new Stream(read, query, status, sizes.step))
  for (;;) {
    let next: Stream | null = null
    for (const stream of streams) {
      while (stream.needsMore) {
        if (found.length >= enough && performance.now() - begun > patience) return found
        stream.fill()
        await breathe()
      }
      if (stream.head && (!next?.head || isBefore(query.order, stream.head, next.head))) next = stream
    }
    const row = next?.take()
    if (!row) return found
    found.push(row.id)
    if (found.length >= most || row.id === until) return found
  }
}

const isBefore = (order: ViewQuery['order'], a: Row, b: Row): boolean =>
  (a.last_at === b.last_at ? a.id > b.id : a.last_at > b.last_at) === (order === 'newest')

/** The ids that the most selective condition finds by an index of its own; null when none finds few. */
function fewOf(read: Reader, { drivers }: Filter, most: number): number[] | null {
  let best: number[] | null = null
  for (const { sql, params } of drivers) {
    const limit: number = Math.min(most, best?.length ?? most)
    const ids: number[] = read.all<{ id: number }>(`${sql} LIMIT ?`, ...params, limit + 1).map(({ id }) => id)
    if (ids.length <= limit) best = ids
  }
  return best
}

const unreadOf = ({ unreadOnly }: ViewQuery): string => (unreadOnly ? ' AND l.unread = 1' : '')

function sorted(read: Reader, query: ViewQuery, ids: readonly number[], most: number): number[] {
  const way = query.order === 'newest' ? 'DESC' : 'ASC'
  return read
    .all<{ id: number }>(
      `SELECT l.id FROM conversations l WHERE l.id IN (SELECT value FROM json_each(?)) AND +l.hidden = ? AND +l.status IN (${query.filter.statuses.join(', ')}) AND ${query.filter.rest}${unreadOf(query)} ORDER BY +l.last_at ${way}, l.id ${way} LIMIT ?`,
      JSON.stringify(ids),
      query.filter.hidden,
      ...query.filter.params,
      most,
    )
    .map(({ id }) => id)
}

/** The conversations of one status in order, fetched a step at a time. */
class Stream {
  private rows: Row[] = []
  private at = 0
  private from: Row | null = null
  private ended = false
  private step: number

  constructor(
    private readonly read: Reader,
    private readonly query: ViewQuery,
    private readonly status: number,
    private readonly largestStep: number,
  ) {
    this.step = Math.max(1, Math.floor(largestStep / firstPart))
  }

  get head(): Row | undefined {
    return this.rows[this.at]
  }
  get needsMore(): boolean {
    return !this.ended && this.head === undefined
  }
  take(): Row | undefined {
    return this.rows[this.at++]
  }

  fill(): void {
    const begun = performance.now()
    this.fillStep()
    this.step =
      performance.now() - begun > stepMs
        ? Math.max(1, Math.floor(this.step / 2))
        : Math.min(this.largestStep, this.step * 2)
  }

  private fillStep(): void {
    const { read, query, status, step } = this
    const newest = query.order === 'newest'
    const way = newest ? 'DESC' : 'ASC'
    const place: Value[] = [query.filter.hidden, status]
    const list = 'conversations l INDEXED BY conversations_by_view WHERE l.hidden = ? AND l.status = ?'
    const after = this.from ? ` AND (l.last_at, l.id) ${newest ? '<' : '>'} (?, ?)` : ''
    const past: Value[] = this.from ? [this.from.last_at, this.from.id] : []
    // Where this step ends, by the index alone: what the conditions leave of it may be nothing.
    const end = read.get<Row>(
      `SELECT l.last_at, l.id FROM ${list}${after} ORDER BY l.last_at ${way}, l.id ${way} LIMIT 1 OFFSET ${step - 1}`,
      ...place,
      ...past,
    )
    this.rows = read.all<Row>(
      `SELECT l.last_at, l.id FROM ${list}${after}${end ? ` AND (l.last_at, l.id) ${newest ? '>=' : '<='} (?, ?)` : ''} AND ${query.filter.rest}${unreadOf(query)} ORDER BY l.last_at ${way}, l.id ${way}`,
      ...place,
      ...past,
      ...(end ? [end.last_at, end.id] : []),
      ...query.filter.params,
    )
    this.at = 0
    if (end) this.from = end
    else this.ended = true
  }
}
