import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { CallInput, CallOutput, PosternEvent } from '../src-preload/contract'
import { ask, asCallError, onEvent, type CallError } from './client'
import { topicsOf, type Asked } from './topics'
import { Pace } from './state/pace'
import { share } from './state/share'

export interface QueryState<T> {
  /** The newest answer; the old one stays while a new one is fetched. */
  data: T | undefined
  /** Set when the last try failed. `data` may still hold what was there before. */
  error: CallError | null
  /** True when there is nothing to show yet and the answer has been awaited for 300 ms: only now draw grey bars. */
  slow: boolean
}

const slowMs = 300
const keepMs = 20_000
const firstRetryMs = 16
const longestRetryMs = 1000

class Query<N extends Asked> {
  state: QueryState<CallOutput<N>> = { data: undefined, error: null, slow: false }
  private readonly listeners = new Set<() => void>()
  /** null: events about anything count. */
  private about: readonly number[] | null = []
  private running = false
  private stale = true
  private again = false
  private readonly pace = new Pace()
  private retryMs = firstRetryMs
  private timer: ReturnType<typeof setTimeout> | undefined
  private drop: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly name: N,
    private readonly input: CallInput<N>,
    private readonly key: string,
    private readonly home: Map<string, Query<N>>,
  ) {}

  /** Events about these count too. */
  watch(ids: readonly number[] | undefined): void {
    this.about = this.about === null || ids === undefined ? null : [...new Set([...this.about, ...ids])]
  }

  subscribe(listener: () => void): () => void {
    clearTimeout(this.drop)
    this.home.set(this.key, this)
    this.listeners.add(listener)
    if (this.stale) this.refetch()
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) this.leave()
    }
  }

  /** Shows an answer of before until the first one of now is here. */
  show(data: CallOutput<N>): void {
    if (this.state.data !== undefined || this.state.error) return
    this.set({ data, error: null, slow: false })
    if (this.listeners.size === 0) this.leave()
  }

  private leave(): void {
    clearTimeout(this.drop)
    this.drop = setTimeout(() => this.home.delete(this.key), keepMs)
  }

  hear(event: PosternEvent): void {
    if (event.topic === 'store-back' || (event.topic === 'app-state' && this.state.error)) return this.refetch()
    if (!topicsOf(this.name).includes(event.topic)) return
    const { about } = this
    if (about && 'ids' in event && event.ids.length > 0 && !about.some((id) => event.ids.includes(id))) return
    this.refetch()
  }

  /** One request at a time; what arrives meanwhile makes one more afterwards. */
  refetch(): void {
    this.stale = true
    this.again = this.running
    if (this.listeners.size === 0 || this.running) return
    clearTimeout(this.timer)
    const wait = this.pace.wait()
    if (wait <= 0) void this.ask()
    else this.timer = setTimeout(() => this.refetch(), wait)
  }

  private async ask(): Promise<void> {
    this.running = true
    this.stale = false
    this.pace.started()
    const slow = setTimeout(() => {
      // Told where something stands, it would draw that once more for nothing.
      if (this.state.data === undefined) this.set({ ...this.state, slow: true })
    }, slowMs)
    try {
      const answer = await ask(this.name, this.input)
      const data = share(this.state.data, answer)
      this.retryMs = firstRetryMs
      if (data !== this.state.data || this.state.error || this.state.slow) this.set({ data, error: null, slow: false })
    } catch (thrown) {
      const error = asCallError(thrown)
      // the store is on its way: ask again soon, and say nothing unless it takes long
      if (error.code === 'service-restarting') this.retry()
      else this.set({ data: this.state.data, error, slow: false })
    } finally {
      clearTimeout(slow)
      this.running = false
      if (this.again) this.refetch()
    }
  }

  private retry(): void {
    this.stale = true
    this.pace.reset()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.refetch(), this.retryMs)
    this.retryMs = Math.min(longestRetryMs, this.retryMs * 2)
  }

  private set(state: QueryState<CallOutput<N>>): void {
    this.state = state
    for (const listener of this.listeners) listener()
  }
}

const registry: { [N in Asked]?: Map<string, Query<N>> } = {}
let stopHearing: (() => void) | undefined

function listen(): void {
  stopHearing ??= onEvent((event) => {
    for (const queries of Object.values(registry)) for (const query of queries.values()) query.hear(event)
  })
}

function queryFor<N extends Asked>(name: N, input: CallInput<N>): Query<N> {
  listen()
  const key = JSON.stringify(input)
  let queries: Map<string, Query<N>> | undefined = registry[name]
  if (!queries) {
    queries = new Map<string, Query<N>>()
    Object.assign(registry, { [name]: queries })
  }
  const found = queries.get(key)
  if (found) return found
  const made = new Query(name, input, key, queries)
  queries.set(key, made)
  return made
}

const nothing: QueryState<never> = { data: undefined, error: null, slow: false }

/**
 * Asks a reading call and keeps its answer fresh: asks again after events of its topics (`topics.ts`), collapses refetches, keeps
 * the old value meanwhile. Components that ask the same share one request. `input` null: ask nothing. `ids`: of the events that name
 * things, only those about these count.
 */
export function useQuery<N extends Asked>(
  name: N,
  input: CallInput<N> | null,
  ids?: readonly number[],
): QueryState<CallOutput<N>> & { refetch: () => void } {
  const query = input === null ? null : queryFor(name, input)
  const about = ids?.join()
  useEffect(() => {
    query?.watch(ids)
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the joined text stands for the list
  }, [query, about])
  const subscribe = useCallback((listener: () => void) => query?.subscribe(listener) ?? (() => undefined), [query])
  const state = useSyncExternalStore(subscribe, () => query?.state ?? nothing)
  const refetch = useCallback(() => query?.refetch(), [query])
  return { ...state, refetch }
}

/**
 * Starts a query before a component asks for it, so that its answer is there at the first paint. `then` gets the answer, at once
 * when it is there already.
 */
export function prefetch<N extends Asked>(
  name: N,
  input: CallInput<N>,
  ids?: readonly number[],
  then?: (answer: CallOutput<N>) => void,
): void {
  const query = queryFor(name, input)
  query.watch(ids)
  let stop = (): void => undefined
  const look = (): void => {
    const { data, error } = query.state
    if (data === undefined && !error) return
    stop()
    if (data !== undefined) then?.(data)
  }
  stop = query.subscribe(look)
  look()
}

/** Shows an answer that was kept from before, until the first one of now is here. */
export function show<N extends Asked>(name: N, input: CallInput<N>, answer: CallOutput<N>): void {
  queryFor(name, input).show(answer)
}
