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

/** Locks at once, after everything is saved. Where nothing would be asked for afterwards, `cannot` is run instead. */
export async function lockWindow(cannot: () => void): Promise<void> {
  const { canLock } = await ask('app.state', {})
  if (!canLock) return cannot()
  await keepAll()
  return void (await call('app.lock', {}))
}
