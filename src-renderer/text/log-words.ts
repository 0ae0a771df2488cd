import type { CallOutput } from '../../src-preload/contract'
import { privacy } from './en/privacy'
import { tried } from './en/tried'
import { dayText, numberText } from './time'
import { t } from './index'

type Entry = CallOutput<'accessLog.list'>['entries'][number]

const isCall = (name: string): name is keyof typeof tried.calls => Object.hasOwn(tried.calls, name)
const isThing = (name: string): name is keyof typeof tried.things => Object.hasOwn(tried.things, name)

const isList = (kind: string): kind is keyof typeof privacy.log.lists => Object.hasOwn(privacy.log.lists, kind)

/** What a refused call was after. Takes any text: what was asked for is the asker's. */
export function triedWords(call: string): string {
  if (isCall(call)) return tried.calls[call]
  const thing = call.split('.', 1)[0] ?? ''
  return isThing(thing) ? tried.things[thing] : t('tried:unknown', { call })
}

/** What an entry of the access log says was done. */
export function actWords(entry: Entry): string {
  const { detail } = entry
  const word = (key: string): string => {
    const value = detail[key]
    return typeof value === 'number' ? numberText(value) : String(value ?? '')
  }
  const object = entry.number ?? String(entry.object?.id ?? '')
  if (entry.act === 'refused') return triedWords(object)
  const kind = entry.object?.kind ?? ''
  if (entry.act === 'look-list' && isList(kind)) return t(`privacy:log.lists.${kind}`)
  const written = detail['call']
  if (entry.act === 'wrote' && (written === 'conversations.assign' || written === 'conversations.tag'))
    return t(`privacy:log.${written === 'conversations.assign' ? 'assigned' : 'tagged'}`, { object })
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
    object,
    grant: String(entry.grant ?? ''),
  })
}
