import type { PosternEvent } from '../../src-preload/contract/events'

/** Above this many ids an event says "many" (an empty list) and the window asks again for what it shows. */
const manyIds = 200

type IdTopic = 'arrived' | 'mentioned' | 'given' | 'conversations' | 'customers' | 'drafts' | 'outbox'
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
  /** Messages that the search index must take up anew, or leave out. */
  readonly reindexed = new Set<number>()

  /** Without an id: many. */
  changed(topic: IdTopic, id?: number): void {
    const set = this.ids.get(topic) ?? new Set<number>()
    this.ids.set(topic, set)
    set.add(id ?? 0)
  }

  reindex(id: number): void {
    this.reindexed.add(id)
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

/** Collapses what several commits of one turn changed into one event a topic, published once the turn is over. */
export class Publisher {
  private waiting: Changes | null = null

  constructor(private readonly publish: (event: PosternEvent) => void) {}

  committed(changes: Changes): void {
    if (this.waiting === null) {
      this.waiting = new Changes()
      setImmediate(() => {
        const changed = this.waiting
        this.waiting = null
        for (const event of changed?.events() ?? []) this.publish(event)
      })
    }
    this.waiting.add(changes)
  }
}
