import type { CallOutput } from '../../src-preload/contract'
import { dayText, numberText } from './time'
import { t } from './index'

type Entry = CallOutput<'accessLog.list'>['entries'][number]

/** What an entry of the access log says was done. */
export function actWords(entry: Entry): string {
  const { detail } = entry
  const word = (key: string): string => {
    const value = detail[key]
    return typeof value === 'number' ? numberText(value) : String(value ?? '')
  }
  const written = detail['call']
  if (entry.act === 'wrote' && (written === 'conversations.assign' || written === 'conversations.tag'))
    return t(`privacy:log.${written === 'conversations.assign' ? 'assigned' : 'tagged'}`, {
      object: String(entry.object?.id ?? ''),
    })
  const until = detail['endsAt']
  const scope = detail['scope']
  return t(`privacy:log.acts.${entry.act}`, {
    name: word('name'),
    organisation: word('organisation'),
    to: word('to'),
    results: word('results'),
    expected: word('expected'),
    found: word('found'),
    scope: scope === 'diagnostics' || scope === 'metadata' || scope === 'full' ? t(`privacy:scopes.${scope}`) : '',
    until: typeof until === 'number' ? dayText(until) : '',
    object: String(entry.object?.id ?? ''),
    grant: String(entry.grant ?? ''),
  })
}
