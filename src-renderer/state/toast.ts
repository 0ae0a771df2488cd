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
const without = (past: readonly Past[], id: number): Past[] => past.filter((one) => one.id !== id)
/** How many acts can be taken back one after the other, and for how long, ms: later nobody remembers what the last act was. */
const keptUndos = 20
const keptMs = 10 * 60_000

interface State {
  /** One at a time: a newer one takes the place of the older. */
  toast: Toast | null
  /** Acts that can be taken back by key, in the order they were begun, also those that are not answered yet. */
  past: readonly Past[]
  /** Ms left, counted while nobody points at it. */
  leftMs: number
  paused: boolean
  /** @param id the act of `past` that it tells of */
  show(input: ToastInput, id?: number): number
  hide(id?: number): void
  /**
   * Takes back the last act that was begun, of those that keep their undo or whose toast is shown; false when there is none.
   * Undos run one after the other, each after the answer to its act.
   */
  undo(): boolean
  /** Takes back what the toast tells of. */
  undoToast(): boolean
  pause(paused: boolean): void
  /** Time went by: counts down unless paused. */
  pass(ms: number): void
}

let nextId = 1
let undoing: Promise<void> = Promise.resolve()
/**
 * Runs after the undos that were asked for before: one that waits for its act is not overtaken by that of an older act. Each
 * tells its own failure.
 */
function inTurn(undo: Past['undo']): void {
  undoing = undoing.then(undo).catch(() => undefined)
}

export const useToasts = create<State>()((set, get) => ({
  toast: null,
  past: [],
  leftMs: 0,
  paused: false,
  show: (
    { text, kind = 'plain', undo = null, action = null, lastsMs = undo || action ? 10_000 : 5_000, keeps = false },
    id = nextId++,
  ) => {
    const { past } = get()
    const act = undo && keeps ? [{ id, at: Date.now(), undo }] : []
    const at = past.findIndex((one) => one.id === id)
    set({ past: at === -1 ? [...past, ...act].slice(-keptUndos) : past.toSpliced(at, 1, ...act) })
    set({ toast: { id, text, kind, undo, action, lastsMs }, leftMs: lastsMs, paused: false })
    return id
  },
  hide: (id) => {
    if (id === undefined || get().toast?.id === id) set({ toast: null, leftMs: 0, paused: false })
  },
  undo: () => {
    const { toast, past } = get()
    const last = past.at(-1)
    if (toast?.undo && toast.id >= (last?.id ?? 0)) return get().undoToast()
    if (!last || Date.now() - last.at > keptMs) return false
    set({ past: past.slice(0, -1) })
    inTurn(last.undo)
    return true
  },
  undoToast: () => {
    const { toast, past } = get()
    if (!toast?.undo) return false
    set({ toast: null, leftMs: 0, paused: false, past: without(past, toast.id) })
    inTurn(toast.undo)
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

/**
 * Tells what an act did once it is answered. Undo that is pressed before is this act's, not that of the one before it: it
 * waits for the answer. Rejects as the act does; then nothing is there to be taken back.
 * @param told what is said; null for nothing
 */
export async function tellOnceDone<T>(act: Promise<T>, told: (done: T) => ToastInput | null): Promise<T> {
  const id = nextId++
  const said = act.then(told)
  const undo = () =>
    said.then(
      (input) => input?.undo?.(),
      () => undefined,
    )
  const { past } = useToasts.getState()
  useToasts.setState({ past: [...past, { id, at: Date.now(), undo }].slice(-keptUndos) })
  let input: ToastInput | null = null
  try {
    input = await said
  } finally {
    const state = useToasts.getState()
    const stands = state.past.some((one) => one.id === id)
    if (input && (stands || !input.undo)) state.show(input, id)
    else useToasts.setState({ past: without(state.past, id) })
  }
  return act
}
