import { create } from 'zustand'

export interface ToastAction {
  label: string
  run: () => void
}

export interface Toast {
  id: number
  text: string
  kind: 'plain' | 'bad'
  /** Takes the act back. */
  undo: (() => void | Promise<void>) | null
  /** Leads to what it tells about; for a toast without undo. */
  action: ToastAction | null
  /** How long it stays, in ms: the ring drains that long. */
  lastsMs: number
}

export interface ToastInput {
  text: string
  kind?: Toast['kind']
  undo?: Toast['undo']
  action?: ToastAction
  lastsMs?: number
  /** The undo goes on working by key after the toast is gone. */
  keeps?: boolean
}

interface Past {
  readonly id: number
  readonly at: number
  readonly undo: () => void | Promise<void>
}
/** How many acts can be taken back one after the other, and for how long, ms: later nobody remembers what the last act was. */
const keptUndos = 20
const keptMs = 10 * 60_000

interface State {
  /** One at a time: a newer one takes the place of the older. */
  toast: Toast | null
  /** Acts that can be taken back by key, the newest last. */
  past: readonly Past[]
  /** Ms left, counted while nobody points at it. */
  leftMs: number
  paused: boolean
  show(input: ToastInput): number
  hide(id?: number): void
  /** Runs the undo of the toast that is shown, else of the last act that keeps its undo; false when there is none. */
  undo(): boolean
  pause(paused: boolean): void
  /** Time went by: counts down unless paused. */
  pass(ms: number): void
}

let nextId = 1

export const useToasts = create<State>()((set, get) => ({
  toast: null,
  past: [],
  leftMs: 0,
  paused: false,
  show: ({
    text,
    kind = 'plain',
    undo = null,
    action = null,
    lastsMs = undo || action ? 10_000 : 5_000,
    keeps = false,
  }) => {
    const id = nextId++
    if (undo && keeps) set({ past: [...get().past, { id, at: Date.now(), undo }].slice(-keptUndos) })
    set({ toast: { id, text, kind, undo, action, lastsMs }, leftMs: lastsMs, paused: false })
    return id
  },
  hide: (id) => {
    if (id === undefined || get().toast?.id === id) set({ toast: null, leftMs: 0, paused: false })
  },
  undo: () => {
    const { toast, past } = get()
    const last = past.at(-1)
    if (toast?.undo) {
      set({ toast: null, leftMs: 0, paused: false, past: past.filter(({ id }) => id !== toast.id) })
      void toast.undo()
      return true
    }
    if (!last || Date.now() - last.at > keptMs) return false
    set({ past: past.slice(0, -1) })
    void last.undo()
    return true
  },
  pause: (paused) => set({ paused }),
  pass: (ms) => {
    const { toast, paused, leftMs } = get()
    if (!toast || paused) return
    if (leftMs <= ms) set({ toast: null, leftMs: 0 })
    else set({ leftMs: leftMs - ms })
  },
}))

/** Shows a toast; answers with its id. */
export function showToast(input: ToastInput): number {
  return useToasts.getState().show(input)
}
