import type { ConversationRow, DraftContent } from '../../src-preload/contract'
import { t } from '../text'
import { namesOf, recipientsOf } from '../text/correspondents'

/** The people of a conversation in one line. */
export function nameOf(row: Pick<ConversationRow, 'people'>): string {
  return row.people.filter(Boolean).join(', ') || t('common:noName')
}

export function subjectOf(subject: string): string {
  return subject.trim() || t('common:noSubject')
}

/** Whom a draft, or a message on its way, goes to. */
export function toOf(message: Pick<DraftContent, 'to' | 'cc' | 'bcc'>): string {
  const people = recipientsOf(message)
  return people.length > 0 ? t('inbox:draft.to', { names: namesOf(people) }) : t('inbox:draft.nobody')
}
