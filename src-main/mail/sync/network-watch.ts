import { networkInterfaces } from 'node:os'

const everyMs = 2_000

/**
 * Calls `changed` when this computer's addresses change: another Wi-Fi, a cable, a VPN. The system says "online" before
 * and after, and connections made from the old address die without a word. Returns the way to stop.
 */
export function watchAddresses(changed: () => void, read: () => string = addresses, ms = everyMs): () => void {
  let last = read()
  const timer = setInterval(() => {
    const now = read()
    if (now === last) return
    last = now
    changed()
  }, ms)
  timer.unref()
  return () => clearInterval(timer)
}

function addresses(): string {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .toSorted()
    .join(' ')
}
