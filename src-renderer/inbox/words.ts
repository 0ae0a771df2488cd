import type { Address, ConversationRow } from '../../src-preload/contract'
import { t } from '../text'

/** The people of a conversation in one line. */
export function nameOf(row: Pick<ConversationRow, 'people'>): string {
  return row.people.filter(Boolean).join(', ') || t('common:noName')
}

export function subjectOf(subject: string): string {
  return subject.trim() || t('common:noSubject')
}

/** Names (or addresses) of recipients in one line. */
export function namesOf(addresses: readonly Address[]): string {
  return addresses.map((address) => address.name || address.address).join(', ')
}
