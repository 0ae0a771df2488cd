import { contextBridge, ipcRenderer } from 'electron'
import type { WireError } from './contract/errors'
import type { PosternEvent } from './contract/events'

/**
 * The only bridge into the window: `call` and `on`. Calls named `app.*` go to app over one validated channel; all others
 * go straight to store over a port that stays in here.
 */
export type CallResult = { ok: true; value: unknown } | { ok: false; error: WireError }
/** What store posts; it is our own process, so the shape is known and not checked again here. */
type FromStore =
  | { t: 'event'; event: PosternEvent }
  | { t: 'answer'; id: number; value: unknown }
  | { t: 'refusal'; id: number; error: WireError }

export interface PosternBridge {
  call(name: string, input: unknown): Promise<CallResult>
  on(listener: (event: PosternEvent) => void): () => void
}

const listeners = new Set<(event: PosternEvent) => void>()
const waiting = new Map<number, (result: CallResult) => void>()
let storePort: MessagePort | null = null
/** What the page asked before store was there for the first time; it is asked the moment store is. */
let early: { name: string; input: unknown; resolve: (result: CallResult | Promise<CallResult>) => void }[] | null = []
/** What the page will ask app first, asked before its scripts are here: by name, until the page asks or the answer is old. */
const ahead = new Map<string, Promise<CallResult>>()
/** How long the first answers wait for each other, ms. */
const togetherMs = 60
let nextId = 1

const refused = (code: WireError['code']): CallResult => ({ ok: false, error: { code, message: code, detail: {} } })

function tell(event: PosternEvent): void {
  for (const listener of listeners) listener(event)
}

function dropPort(): void {
  storePort?.close()
  storePort = null
  const failed = [...waiting.values()]
  waiting.clear()
  for (const answer of failed) answer(refused('service-restarting'))
}

function callStore(name: string, input: unknown): Promise<CallResult> {
  const port = storePort
  if (!port && early) {
    const queue = early
    return new Promise((resolve) => queue.push({ name, input, resolve }))
  }
  if (!port) return Promise.resolve(refused('service-restarting'))
  return new Promise((resolve) => {
    const id = nextId++
    waiting.set(id, resolve)
    port.postMessage({ t: 'call', id, name, input })
  })
}

function askApp(name: string, input: unknown): Promise<CallResult> {
  return ipcRenderer.invoke('postern:call', name, input)
}

function callApp(name: string, input: unknown): Promise<CallResult> {
  const asked = ahead.get(name)
  ahead.delete(name)
  return asked ?? askApp(name, input)
}

ipcRenderer.on('postern:store-port', (event) => {
  dropPort()
  const port = event.ports[0]
  if (!port) return
  storePort = port
  port.onmessage = ({ data }: MessageEvent<FromStore>) => {
    if (data.t === 'event') return tell(data.event)
    const answer = waiting.get(data.id)
    waiting.delete(data.id)
    answer?.(data.t === 'answer' ? { ok: true, value: data.value } : { ok: false, error: data.error })
  }
  const waited = early ?? []
  const isFirst = early !== null
  early = null
  // The first answers are handed over together: the page then draws them once, not a dozen times.
  const answers = waited.map(({ name, input }) => callStore(name, input))
  const all = Promise.race([Promise.all(answers), new Promise((resolve) => setTimeout(resolve, togetherMs))])
  void all.then(() => waited.forEach(({ resolve }, at) => resolve(answers[at] ?? refused('internal'))))
  if (!isFirst) tell({ topic: 'store-back' })
})
ipcRenderer.on('postern:store-gone', dropPort)
ipcRenderer.on('postern:event', (_event, posternEvent: PosternEvent) => {
  if (posternEvent.topic === 'app-state') ahead.delete('app.state')
  tell(posternEvent)
})

const bridge: PosternBridge = {
  call: (name, input) => (name.startsWith('app.') ? callApp(name, input) : callStore(name, input)),
  on: (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
contextBridge.exposeInMainWorld('postern', bridge)

// While the page's scripts are on their way: what Chromium knows of the place's numbers and dates is read at their first use, which
// takes as long as the rest of the page's first draw.
setTimeout(() => {
  if (listeners.size === 0) for (const name of ['app.state', 'app.lastSeen']) ahead.set(name, askApp(name, {}))
  new Intl.NumberFormat().format(0)
  new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(0)
})
