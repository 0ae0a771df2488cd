import * as z from 'zod'
import type { CallTable, Handlers, TableInput, TableOutput } from '../../src-preload/contract/internal'
import { PosternError, WireError } from '../../src-preload/contract/errors'

/**
 * Calls and events over a message port, both ways. Every message is validated on the receiving side:
 * a shape that does not fit is answered with `invalid-input` and never reaches a function.
 */

/** What MessagePortMain, a utility process's parentPort and a UtilityProcess have in common. */
export interface Port {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose?(listener: () => void): void
}

const Request = z.object({ t: z.literal('call'), id: z.int(), name: z.string().max(100), input: z.unknown() })
const Answer = z.object({ t: z.literal('answer'), id: z.int(), value: z.unknown() })
const Refusal = z.object({ t: z.literal('refusal'), id: z.int(), error: WireError })
const EventMessage = z.object({ t: z.literal('event'), event: z.unknown() })
/** Lists of a call's input that go ahead of it. */
const List = z.enum(['buffers', 'items'])
/** Some of a list of the call that comes under this id. */
const Ahead = z.object({ t: z.literal('ahead'), id: z.int(), list: List, part: z.array(z.unknown()) })
const Message = z.discriminatedUnion('t', [Request, Answer, Refusal, EventMessage, Ahead])

export interface ServeOptions {
  /** Called before the function; throws PosternError to refuse (permission, state). */
  readonly before?: (name: string) => void
  /** Told of a call that is not in the table; may throw a PosternError of its own. */
  readonly onUnknown?: (name: string) => void
  /** Told of every failure that is not a PosternError: a programmer's error, for the log. */
  readonly onFault?: (name: string, fault: unknown) => void
  /** Told how long each call took, ms. */
  readonly onServed?: (name: string, ms: number) => void
  /** Told of every refusal, for the owner who must act on some (a damaged database). */
  readonly onRefused?: (name: string, error: PosternError) => void
}

export interface Rpc<Theirs extends CallTable> {
  /**
   * Calls the other side. Rejects with PosternError; `service-stopped` when the port closes first.
   * @param gently long lists go in small groups, between which the other side can attend to others
   */
  call<N extends keyof Theirs & string>(
    name: N,
    input: TableInput<Theirs, N>,
    gently?: boolean,
  ): Promise<TableOutput<Theirs, N>>
  emit(event: unknown): void
  onEvent(listener: (event: unknown) => void): void
  /** Fails everything that waits. */
  close(code?: 'service-stopped' | 'service-restarting'): void
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: PosternError): void
  output: z.ZodType
}

/** Joins a port: serves `mine` with `handlers` and calls what `theirs` offers. */
export function joinPort<Mine extends CallTable, Theirs extends CallTable>(
  port: Port,
  mine: Mine,
  handlers: Handlers<Mine>,
  theirs: Theirs,
  options: ServeOptions = {},
): Rpc<Theirs> {
  const waiting = new Map<number, Waiting>()
  const ahead = new Map<number, Lists>()
  const listeners: ((event: unknown) => void)[] = []
  let nextId = 1
  let closed = false

  async function serve(request: z.infer<typeof Request>): Promise<void> {
    try {
      if (!Object.hasOwn(mine, request.name)) {
        options.onUnknown?.(request.name)
        throw new PosternError('invalid-input', 'unknown call')
      }
      const def = mine[request.name]
      const handler = handlers[request.name]
      if (!def || !handler) throw new PosternError('invalid-input', 'unknown call')
      const parsed = def.input.safeParse(request.input)
      if (!parsed.success)
        throw new PosternError('invalid-input', `input of ${request.name} does not fit: ${issuesOf(parsed.error)}`)
      options.before?.(request.name)
      // The table ties handler and schema together; here the pair is looked up by name.
      const from = performance.now()
      const value = await handler(parsed.data as never)
      options.onServed?.(request.name, performance.now() - from)
      if (!closed) port.post({ t: 'answer', id: request.id, value })
    } catch (thrown) {
      if (!(thrown instanceof PosternError)) options.onFault?.(request.name, thrown)
      options.onRefused?.(request.name, PosternError.from(thrown))
      if (!closed) port.post({ t: 'refusal', id: request.id, error: PosternError.from(thrown).toWire() })
    }
  }

  port.onMessage((raw) => {
    const parsed = Message.safeParse(raw)
    if (!parsed.success) return
    const message = parsed.data
    if (message.t === 'ahead') {
      const lists = ahead.get(message.id) ?? {}
      const list = (lists[message.list] ??= [])
      for (const one of message.part) list.push(one)
      ahead.set(message.id, lists)
    } else if (message.t === 'call') {
      const lists = ahead.get(message.id)
      ahead.delete(message.id)
      void serve(lists ? { ...message, input: { ...Object(message.input), ...lists } } : message)
    } else if (message.t === 'event') {
      for (const listener of listeners) listener(message.event)
    } else {
      const waiter = waiting.get(message.id)
      if (!waiter) return
      waiting.delete(message.id)
      if (message.t === 'refusal') return waiter.reject(PosternError.fromWire(message.error))
      const output = waiter.output.safeParse(message.value)
      if (output.success) waiter.resolve(output.data)
      else waiter.reject(new PosternError('internal', `answer does not fit: ${issuesOf(output.error)}`))
    }
  })
  port.onClose?.(() => close('service-stopped'))

  function close(code: 'service-stopped' | 'service-restarting' = 'service-stopped'): void {
    closed = true
    const failed = [...waiting.values()]
    waiting.clear()
    for (const waiter of failed) waiter.reject(new PosternError(code))
  }

  return {
    call(name, input, gently = false) {
      return new Promise((resolve, reject) => {
        const def = theirs[name]
        if (closed || !def) return reject(new PosternError('service-stopped'))
        const id = nextId++
        waiting.set(id, { resolve: (value) => resolve(value as never), reject, output: def.output })
        const { parts, rest } = apart(input)
        const post = (from: number): void => {
          if (closed) return
          const end = gently ? from + partsAtOnce : parts.length
          try {
            for (const part of parts.slice(from, end)) port.post({ t: 'ahead', id, ...part })
            if (end < parts.length) setTimeout(post, betweenMs, end)
            else port.post({ t: 'call', id, name, input: rest })
          } catch (fault) {
            waiting.delete(id)
            reject(PosternError.from(fault))
          }
        }
        post(0)
      })
    },
    emit(event) {
      if (!closed) port.post({ t: 'event', event })
    },
    onEvent(listener) {
      listeners.push(listener)
    },
    close,
  }
}

type List = z.infer<typeof List>
type Lists = Partial<Record<List, unknown[]>>
/** Sent gently, so many parts go at once, and so long after them the next, ms: what is taken in together is a step in which nobody else is heard. */
const partsAtOnce = 3
const betweenMs = 2
/** So many of a list in one message: as much as goes well (shared/bytes). */
const inOneMessage: Record<List, number> = { buffers: 1, items: 25 }

/**
 * The lists of a call's input that go ahead of it, in parts, and the rest. Each part is a message of its own: one message of all was
 * laid out anew, twice as large, each time that it grew, in memory fresh from the system.
 */
function apart(input: unknown): { parts: { list: List; part: unknown[] }[]; rest: unknown } {
  if (typeof input !== 'object' || input === null) return { parts: [], rest: input }
  const rest = new Map<string, unknown>(Object.entries(input))
  const parts: { list: List; part: unknown[] }[] = []
  for (const list of List.options) {
    const all = rest.get(list)
    if (!Array.isArray(all) || all.length === 0) continue
    rest.delete(list)
    for (let at = 0; at < all.length; at += inOneMessage[list])
      parts.push({ list, part: all.slice(at, at + inOneMessage[list]) })
  }
  return { parts, rest: parts.length > 0 ? Object.fromEntries(rest) : input }
}

/** Paths and codes of a schema failure, never the values: they may be mail. */
function issuesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.')} ${issue.code}`)
    .join('; ')
}
