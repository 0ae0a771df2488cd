import { create } from 'zustand'

export interface Toast {
  id: number
  text: string
  kind: 'plain' | 'bad'
  /** Takes the act back. */
  undo: (() => void | Promise<void>) | null
  /** What the button says when it is not "Undo". */
  undoLabel: string | null
  /** How long it stays, in ms: the ring drains that long. */
  lastsMs: number
}

export interface ToastInput {
  text: string
  kind?: Toast['kind']
  undo?: Toast['undo']
  undoLabel?: string
  lastsMs?: number
}

interface State {
  /** One at a time: a newer one takes the place of the older. */
  toast: Toast | null
  /** Ms left, counted while nobody points at it. */
  leftMs: number
  paused: boolean
  show(input: ToastInput): number
  hide(id?: number): void
  /** Runs the undo of the toast that is shown; false when there is none. */
  undo(): boolean
  pause(paused: boolean): void
  /** Time went by: counts down unless paused. */
  pass(ms: number): void
}

let nextId = 1

export const useToasts = create<State>()((set, get) => ({
  toast: null,
  leftMs: 0,
  paused: false,
  show: ({ text, kind = 'plain', undo = null, undoLabel, lastsMs = undo ? 10_000 : 5_000 }) => {
    const id = nextId++
    set({ toast: { id, text, kind, undo, undoLabel: undoLabel ?? null, lastsMs }, leftMs: lastsMs, paused: false })
    return id
  },
  hide: (id) => {
    if (id === undefined || get().toast?.id === id) set({ toast: null, leftMs: 0, paused: false })
  },
  undo: () => {
    const toast = get().toast
    if (!toast?.undo) return false
    set({ toast: null, leftMs: 0, paused: false })
    void toast.undo()
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

/** Shows a toast; answers with its id for `hideToast`. */
export function showToast(input: ToastInput): number {
  return useToasts.getState().show(input)
}

export function hideToast(id: number): void {
  useToasts.getState().hide(id)
}
