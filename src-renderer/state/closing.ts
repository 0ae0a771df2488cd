import { ask, call } from '../client'

const savers = new Set<() => Promise<void>>()

/** Registers what must be saved before the window closes (an open draft). Answers with the function that takes it back. */
export function beforeClosing(save: () => Promise<void>): () => void {
  savers.add(save)
  return () => savers.delete(save)
}

/** Saves what is being written; what cannot be saved holds nothing up. */
export async function keepAll(): Promise<void> {
  await Promise.allSettled([...savers].map((save) => save()))
}

/** The window was asked to close: everything is saved first. */
export async function closeWindow(): Promise<void> {
  await keepAll()
  await call('app.window', { act: 'ready-to-close' })
}

/**
 * Locks at once, after everything is saved. Where nothing would be asked for afterwards, `cannot` is run instead and told whether
 * there is a mailbox. Before the store is open there is nothing to lock.
 */
export async function lockWindow(cannot: (hasMail: boolean) => void): Promise<void> {
  const { phase, canLock, filled } = await ask('app.state', {})
  if (phase !== 'ready') return
  if (!canLock) return cannot(filled)
  await keepAll()
  return void (await call('app.lock', {}))
}
