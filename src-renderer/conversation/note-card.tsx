import { Lock, Trash2 } from 'lucide-react'
import { memo } from 'react'
import type { Note } from '../../src-preload/contract'
import { call } from '../client'
import { tellDone, tellFailure } from '../state/acts'
import { markMentions } from '../text/mentions'
import { t } from '../text'
import { Avatar } from '../ui/avatar'
import { IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { usePeople } from '../work/assign-menu'

async function removeNote(noteId: number): Promise<void> {
  try {
    tellDone(t('conversation:note.removed'), (await call('notes.remove', { noteId })).undo)
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** An internal note between the messages: the team's own, in a colour that nothing else has. */
export const NoteCard = memo(function NoteCard({ note }: { note: Note }) {
  const people = usePeople()
  const parts = markMentions(note.text, [...(people?.people ?? []), ...(people?.groups ?? [])].map((one) => one.name))
  const name = note.author.trim() === '' ? t('conversation:note.someone') : note.author
  return (
    <li className="thread-item" data-note={note.noteId}>
      <article className="msg note" aria-label={t('conversation:note.frame', { name })}>
        <div className="msg-head">
          <Avatar name={name} size="sm" />
          <bdi className="medium cut from">{name}</bdi>
          <span className="note-mark x g1"><Icon icon={Lock} small />{t('conversation:note.mark')}</span>
          <Time at={note.at} form="message" className="t3 meta nowrap push" />
          <span className="msg-acts x"><IconButton icon={Trash2} size="sm" label={t('conversation:note.remove')} onClick={() => void removeNote(note.noteId)} /></span>
        </div>
        <div className="msg-body sel"><bdi className="note-text">{parts.map((part, index) => (index % 2 === 1 ? <span key={index} className="mention">{part}</span> : part))}</bdi></div>
      </article>
    </li>
  )
})
