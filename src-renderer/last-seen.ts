import { askedFirst } from '../src-preload/contract/asked-first'
import { ask } from './client'
import { showFirstPage } from './inbox/use-list-window'
import { show } from './live'

/**
 * Draws what the last run showed first, where app has it, until the store answers: everything has been asked for all the same, and
 * what a person does meanwhile waits for the store.
 */
export async function showLastSeen(): Promise<void> {
  const { seen } = await ask('app.lastSeen', {})
  if (!seen) return
  showFirstPage(seen['conversations.list'])
  for (const [name, input] of askedFirst) if (name !== 'conversations.list') show(name, input, seen[name])
}
