import { History, Lock, Pencil, Trash2 } from 'lucide-react'
import { memo, useState, type KeyboardEvent } from 'react'
import type { Note } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { editOf, endEdit, wroteEdit } from '../state/note-edits'
import { markMentions } from '../text/mentions'
import { t } from '../text'
import { Avatar } from '../ui/avatar'
import { Button, IconButton } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { usePeople } from '../work/people'
import { NoteText, useMentions } from '../work/note-text'

async function removeNote(noteId: number): Promise<void> {
  try {
    await tellDone(t('conversation:note.removed'), call('notes.remove', { noteId }))
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** An internal note between the messages: the team's own, in a colour that nothing else has. */
export const NoteCard = memo(function NoteCard({ note, conversationId }: { note: Note; conversationId: number }) {
  // what was written and left is there as it was left, without taking the focus
  const [editing, setEditing] = useState(() => editOf(note.noteId) !== undefined)
  const [asked, setAsked] = useState(false)
  const [history, setHistory] = useState(false)
  const name = note.author.trim() === '' ? t('conversation:note.someone') : note.author
  const changed = note.twoVersions
    ? t('conversation:note.twoVersions')
    : note.edited
      ? t('conversation:note.edited')
      : null
  const edit = () => {
    setAsked(true)
    setEditing(true)
  }
  return (
    <li className="thread-item" data-note={note.noteId}>
      <article className="msg note" aria-label={t('conversation:note.frame', { name })}>
        <div className="msg-head">
          <Avatar name={name} seed={name} size="sm" />
          <bdi className="medium cut from">{name}</bdi>
          <span className="note-mark x g1">
            <Icon icon={Lock} small />
            {t('conversation:note.mark')}
          </span>
          {changed && (
            <button type="button" className="link meta nowrap" onClick={() => setHistory(true)}>
              {changed}
            </button>
          )}
          <Time at={note.at} form="message" className="t3 meta nowrap push" />
          <span className="msg-acts x">
            <IconButton icon={Pencil} size="sm" label={t('conversation:note.edit')} onClick={edit} />
            {changed && (
              <IconButton
                icon={History}
                size="sm"
                label={t('conversation:note.history')}
                onClick={() => setHistory(true)}
              />
            )}
            <IconButton
              icon={Trash2}
              size="sm"
              label={t('conversation:note.remove')}
              onClick={() => void removeNote(note.noteId)}
            />
          </span>
        </div>
        {editing ? (
          <Editor note={note} conversationId={conversationId} focused={asked} onDone={() => setEditing(false)} />
        ) : (
          <div className="msg-body sel">
            <Words text={note.text} />
          </div>
        )}
      </article>
      {history && <HistoryDialog noteId={note.noteId} onClose={() => setHistory(false)} />}
    </li>
  )
})

function Words({ text }: { text: string }) {
  const people = usePeople()
  const parts = markMentions(
    text,
    [...(people?.people ?? []), ...(people?.groups ?? [])].map((one) => one.name),
  )
  return (
    <bdi className="note-text">
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          <span key={index} className="mention">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </bdi>
  )
}

function Editor({
  note,
  conversationId,
  focused,
  onDone,
}: {
  note: Note
  conversationId: number
  focused: boolean
  onDone: () => void
}) {
  const [text, setText] = useState(editOf(note.noteId) ?? note.text)
  const [busy, setBusy] = useState(false)
  const mentions = useMentions(text)
  const write = (next: string) => {
    setText(next)
    if (next === note.text) endEdit(note.noteId)
    else wroteEdit(note.noteId, conversationId, next)
  }
  const end = () => {
    endEdit(note.noteId)
    onDone()
  }
  const save = async () => {
    if (text.trim() === '' || busy) return
    if (text.trim() === note.text) return end()
    if (mentions.ask()) return
    setBusy(true)
    try {
      await tellDone(t('conversation:note.saved'), call('notes.edit', { noteId: note.noteId, text: text.trim() }))
      end()
    } catch (thrown) {
      tellFailure(thrown)
      setBusy(false)
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save()
    else if (event.key === 'Escape') onDone()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className="msg-body y g2">
      <NoteText
        value={text}
        onChange={write}
        focused={focused}
        mentions={mentions}
        label={t('conversation:note.editing')}
        rows={4}
        className="area"
        onKeyDown={onKeyDown}
      />
      <div className="x">
        <span className="push x">
          <Button size="sm" onClick={end}>
            {t('cancel')}
          </Button>
          <Button
            size="sm"
            kind="primary"
            act="send"
            busy={busy}
            disabled={text.trim() === ''}
            onClick={() => void save()}
          >
            {t('conversation:note.save')}
          </Button>
        </span>
      </div>
    </div>
  )
}

function HistoryDialog({ noteId, onClose }: { noteId: number; onClose: () => void }) {
  const versions = useQuery('notes.history', { noteId }).data?.versions ?? []
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('conversation:note.historyTitle')}
      description={t('conversation:note.historyText')}
    >
      <ol className="y g3">
        {versions.toReversed().map((one, index) => (
          <li key={`${one.at}${index}`} className="msg note">
            <div className="msg-head">
              <bdi className="medium cut from">{one.by || t('conversation:note.someone')}</bdi>
              <Time at={one.at} form="message" className="t3 meta nowrap push" />
            </div>
            <div className="msg-body sel">
              <Words text={one.text} />
            </div>
          </li>
        ))}
      </ol>
    </Dialog>
  )
}
