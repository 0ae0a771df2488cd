import type { ConversationRow } from '../../src-preload/contract'
import { t } from '../text'

/** The people of a conversation in one line. */
export function nameOf(row: Pick<ConversationRow, 'people'>): string {
  return row.people.filter(Boolean).join(', ') || t('common:noName')
}

export function subjectOf(subject: string): string {
  return subject.trim() || t('common:noSubject')
}
