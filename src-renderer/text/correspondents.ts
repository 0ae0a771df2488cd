import type { Address, DraftContent, Message } from '../../src-preload/contract'
import { t } from './index'

/** What a person is called: the name, else the address. */
export function nameOf(person: Address): string {
  return person.name.trim() || person.address || t('conversation:message.noAddress')
}

/** Names side by side, the first few of many. */
export function namesOf(people: readonly Address[], most = 3): string {
  const names = people.map(nameOf)
  if (names.length <= most) return names.join(', ')
  return t('conversation:message.andMore', {
    names: names.slice(0, most - 1).join(', '),
    count: names.length - most + 1,
  })
}

/** Everybody whom a message of ours goes to, openly or not. */
export const recipientsOf = ({ to, cc, bcc }: Pick<DraftContent, 'to' | 'cc' | 'bcc'>): readonly Address[] => [
  ...to,
  ...cc,
  ...bcc,
]

/** Whom a message names in its head, or whom only its writer knows of when it names nobody. */
export const namedIn = ({ to, cc, bcc }: Pick<Message, 'to' | 'cc' | 'bcc'>): readonly Address[] =>
  to.length + cc.length > 0 ? [...to, ...cc] : bcc

/** "to Ana, Bo": whom a message names in its head; '' when that is nobody. */
export function toWords(message: Pick<Message, 'to' | 'cc' | 'bcc'>, many: number): string {
  const people = namedIn(message)
  if (people.length === 0) return ''
  const names = namesOf(people, people.length > many ? 2 : 3)
  return t(people === message.bcc ? 'conversation:message.toBcc' : 'conversation:message.to', { names })
}

/** Their addresses in a tooltip, which has no room for hundreds. */
export const addressesOf = (people: readonly Address[]): string =>
  people
    .slice(0, 12)
    .map(({ address }) => address)
    .join(', ')

/** What the hue of a message's avatar hangs on: colleagues share the mailbox's address, so theirs hangs on the name as everywhere else. */
export const seedOf = ({ direction, from }: Pick<Message, 'direction' | 'from'>): string =>
  direction === 'out' ? nameOf(from) : from.address
