import { View, type CallOutput } from '../../src-preload/contract'
import { privacy } from './en/privacy'
import { team } from './en/team'
import { tried } from './en/tried'
import { fullTime } from './time'
import { listText } from './lists'
import { numberText } from './numbers'
import { t } from './index'

type Entry = CallOutput<'accessLog.list'>['entries'][number]

const isCall = (name: string): name is keyof typeof tried.calls => Object.hasOwn(tried.calls, name)
const isThing = (name: string): name is keyof typeof tried.things => Object.hasOwn(tried.things, name)

const isList = (kind: string): kind is keyof typeof privacy.log.lists => Object.hasOwn(privacy.log.lists, kind)
const isExport = (kind: string): kind is 'mailbox' | 'folder' | 'conversations' =>
  ['mailbox', 'folder', 'conversations'].includes(kind)
const isView = (id: string): id is View => View.options.some((one) => one === id)

const isRole = (name: string): name is keyof typeof team.roles => Object.hasOwn(team.roles, name)
const isPermission = (name: string): name is keyof typeof team.permissions.names =>
  Object.hasOwn(team.permissions.names, name)

function unlockWords(by: string, refused: number): string {
  const how = by === 'system' ? 'system' : 'passphrase'
  return refused === 0 ? t(`privacy:log.unlocks.${how}`) : t(`privacy:log.unlocks.${how}_tries`, { count: refused })
}

/** Permissions that somebody has beyond those of the role. */
function alsoWords(permissions: string): string {
  const names = permissions
    .split(', ')
    .flatMap((name) => (isPermission(name) ? t(`team:permissions.names.${name}`) : []))
  return names.length > 0 ? t('privacy:log.alsoMay', { names: listText(names) }) : ''
}

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
  const id = String(entry.object?.id ?? '')
  const object = entry.number ?? id
  if (entry.act === 'refused') return triedWords(object)
  const kind = entry.object?.kind ?? ''
  if (entry.act === 'look-list' && isList(kind)) return t(`privacy:log.lists.${kind}`)
  if (entry.act === 'look-list' && isView(id)) return t('privacy:log.view', { name: t(`common:nav.${id}`) })
  if (entry.act === 'look-search') return t('privacy:log.searched', { count: Number(detail['results'] ?? 0) })
  if (entry.act === 'exported' && isExport(kind))
    return t(`privacy:log.exports.${kind}`, { count: Number(detail['messages'] ?? 0) })
  if (entry.act === 'unlocked') return unlockWords(word('by'), Number(detail['refused'] ?? 0))
  const written = detail['call']
  if (entry.act === 'wrote' && (written === 'conversations.assign' || written === 'conversations.tag'))
    return t(`privacy:log.${written === 'conversations.assign' ? 'assigned' : 'tagged'}`, { object })
  const until = detail['endsAt']
  const scope = detail['scope']
  const to = word('to')
  const role = word('role')
  // Entries of earlier versions name the grant only.
  if ((entry.act === 'revoked' || entry.act === 'grant-ended') && to !== '')
    return t(`privacy:log.${entry.act === 'revoked' ? 'revokedOf' : 'endedOf'}`, { to })
  return t(`privacy:log.acts.${entry.act}`, {
    name: word('name'),
    organisation: word('organisation'),
    role: isRole(role) ? t(`team:roles.${role}`) : role,
    also: alsoWords(word('permissions')),
    to,
    expected: word('expected'),
    found: word('found'),
    scope: scope === 'diagnostics' || scope === 'metadata' || scope === 'full' ? t(`privacy:scopes.${scope}`) : '',
    until: typeof until === 'number' ? fullTime(until) : '',
    object,
    grant: String(entry.grant ?? ''),
  })
}
