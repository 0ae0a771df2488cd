import { useSyncExternalStore } from 'react'

/** One clock for all times on screen: it ticks every 20 s, and only while somebody looks. */
const tickMs = 20_000
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function tick(): void {
  now = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    now = Date.now()
    timer = setInterval(tick, tickMs)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Now in ms, changing every 20 seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
