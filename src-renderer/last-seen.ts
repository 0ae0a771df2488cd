import type { LastSeen } from '../src-preload/contract/last-seen'
import { ask } from './client'
import { showFirstPage } from './inbox/use-list-window'
import { show } from './live'

/**
 * Draws what the last run showed first, where app has it, until the store answers: everything has been asked for all the same, and
 * what a person does meanwhile waits for the store.
 */
export async function showLastSeen(): Promise<void> {
  const seen: LastSeen | null = (await ask('app.lastSeen', {})).seen
  if (!seen) return
  showFirstPage(seen.list)
  show('settings.get', {}, seen.settings)
  show('mailboxes.list', {}, seen.mailboxes)
  show('sync.status', {}, seen.sync)
  show('views.list', {}, seen.views)
  show('tags.list', {}, seen.tags)
  show('labels.list', {}, seen.labels)
  show('people.list', {}, seen.people)
  // What the first draw waits for comes last.
  show('counts.get', {}, seen.counts)
}
