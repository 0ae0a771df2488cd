import type { PosternEvent } from '../../src-preload/contract/events'
import type { Words } from './search/search-text'

/** Above this many ids an event says "many" (an empty list) and the window asks again for what it shows. */
const manyIds = 200

type IdTopic =
  | 'arrived'
  | 'undelivered'
  | 'mentioned'
  | 'given'
  | 'given-group'
  | 'conversations'
  | 'customers'
  | 'drafts'
  | 'outbox'
type PlainTopic =
  | 'counts'
  | 'mailboxes'
  | 'sync'
  | 'settings'
  | 'ledger'
  | 'transfers'
  | 'team'
  | 'tags'
  | 'access'
  | 'presence'
  | 'views'

/** What a write changed, by topic; ids only, never content. */
export class Changes {
  private readonly ids = new Map<IdTopic, Set<number>>()
  private readonly topics = new Set<PlainTopic>()
  /** Messages that the search index must take up anew, or leave out; null: their words have to be read from the database. */
  readonly reindexed = new Map<number, Words | null>()

  /** Without an id: many. */
  changed(topic: IdTopic, id?: number): void {
    const set = this.ids.get(topic) ?? new Set<number>()
    this.ids.set(topic, set)
    set.add(id ?? 0)
  }

  reindex(id: number, words: Words | null = null): void {
    this.reindexed.set(id, words)
  }

  touched(topic: PlainTopic): void {
    this.topics.add(topic)
  }

  has(topic: PlainTopic): boolean {
    return this.topics.has(topic)
  }

  add(other: Changes): void {
    for (const [topic, ids] of other.ids) for (const id of ids) this.changed(topic, id)
    for (const topic of other.topics) this.touched(topic)
  }

  events(): PosternEvent[] {
    const withIds = [...this.ids].map(([topic, ids]): PosternEvent => ({
      topic,
      ids: ids.has(0) || ids.size > manyIds ? [] : [...ids],
    }))
    return [...withIds, ...[...this.topics].map((topic): PosternEvent => ({ topic }))]
  }
}

/**
 * While commits do not cease, windows hear of them this often, ms, and when that goes on, less and less often: each event
 * costs the store and every window time, and nobody reads a list that changes ten times a second.
 */
const steadyMs = 100
const longestMs = 1_000
/** So long it stays quick, ms: within it a mailbox that was just added shows its first page, and each event of a sync costs some 40 ms. */
const quickMs = 700
/** By so much longer each time. */
const slowing = 1.5

/**
 * Collapses what several commits changed into one event a topic: published once the turn is over, and while one commit follows
 * the other, as in a sync, after 100 ms, when it goes on after a second.
 */
export class Publisher {
  private waiting: Changes | null = null
  private publishedAt = -Infinity
  private pace = steadyMs
  /** When the commits that do not cease began. */
  private begun = 0
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly publish: (event: PosternEvent) => void) {}

  committed(changes: Changes): void {
    if (this.waiting === null) {
      this.waiting = new Changes()
      this.plan()
    }
    this.waiting.add(changes)
  }

  /** A person acts: what changes by it is told without waiting. */
  act(): void {
    this.publishedAt = -Infinity
    if (this.timer) this.plan()
  }

  private plan(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const now = performance.now()
    const wait = this.publishedAt + this.pace - now
    // A page may well take longer than the pace of now.
    if (now - this.publishedAt > longestMs) this.begun = now
    this.pace = now - this.begun < quickMs ? steadyMs : Math.min(this.pace * slowing, longestMs)
    if (wait > 0) this.timer = setTimeout(() => this.flush(), wait).unref()
    else setImmediate(() => this.flush())
  }

  private flush(): void {
    this.timer = undefined
    this.publishedAt = performance.now()
    const changed = this.waiting
    this.waiting = null
    for (const event of changed?.events() ?? []) this.publish(event)
  }
}
