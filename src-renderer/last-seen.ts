import { askedFirst } from '../src-preload/contract/asked-first'
import type { LastSeen } from '../src-preload/contract/last-seen'
import { ask } from './client'
import { showFirstPage } from './inbox/use-list-window'
import { show } from './live'

/** It was checked before it was sealed, by the build that opened it: its types hold as those of any answer do. */
const isLastSeen = (seen: unknown): seen is LastSeen => typeof seen === 'object' && seen !== null

/**
 * Draws what the last run showed first, where app has it, until the store answers: everything has been asked for all the same, and
 * what a person does meanwhile waits for the store.
 */
export async function showLastSeen(): Promise<void> {
  const text = (await ask('app.lastSeen', {})).seen
  const seen: unknown = text === null ? null : JSON.parse(text)
  if (!isLastSeen(seen)) return
  showFirstPage(seen['conversations.list'])
  for (const [name, input] of askedFirst) if (name !== 'conversations.list') show(name, input, seen[name])
}
