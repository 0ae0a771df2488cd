import type { Note } from '../../src-preload/contract/mail'
import { PosternError } from '../../src-preload/contract/errors'
import type { Reader, Writer } from './database'
import { groupsOf, peopleOf } from './people'
import { newName } from './team/log'
import { survivorOf } from './threads'
import type { Workspace } from './workspace'

/** Notes of a conversation, oldest first. */
export function notesOf(read: Reader, conversationId: number): Note[] {
  return read.all<Note>('SELECT id AS noteId, conversation_id AS conversationId, at, author, text FROM notes WHERE conversation_id = ? ORDER BY at, id', conversationId)
}

/** Members that a text names with an @ in front. */
function mentioned(read: Reader, me: string, text: string): string[] {
  return [...peopleOf(read, me), ...groupsOf(read)].flatMap(({ id, name }) => (name.trim() !== '' && !id.startsWith('g:') && text.includes(`@${name}`) ? [id] : []))
}

/**
 * Writes a note and tells the team.
 * @param as whose words they are when not this installation's agent's (a guest of support)
 * @throws PosternError `not-found`
 */
export function addNote(tx: Writer, workspace: Workspace, conversationId: number, text: string, author: string, at: number, as = ''): number {
  const id = survivorOf(tx, conversationId)
  if (!tx.get('SELECT 1 FROM conversations WHERE id = ?', id)) throw new PosternError('not-found', 'no such conversation')
  const name = newName()
  const noteId = keepNote(tx, { name, conversationId: id, at, author, text })
  workspace.team.recordOn(tx, id, 'note', { note: name, text, mentions: mentioned(tx, workspace.device.id, text), as })
  return noteId
}

/** Takes a note away, or brings it back: `on` says whether it is gone. */
export function removeNote(tx: Writer, workspace: Workspace, noteId: number): { undo: (tx: Writer) => void } {
  const note = tx.get<Named>('SELECT name, conversation_id AS conversationId, at, author, text FROM notes WHERE id = ?', noteId)
  if (!note) throw new PosternError('not-found', 'no such note')
  dropNote(tx, note.name)
  workspace.team.recordOn(tx, note.conversationId, 'note-delete', { note: note.name, on: true })
  return {
    undo: (undo) => {
      keepNote(undo, note)
      workspace.team.recordOn(undo, note.conversationId, 'note-delete', { note: note.name, on: false })
    },
  }
}

export interface Named { readonly name: string; readonly conversationId: number; readonly at: number; readonly author: string; readonly text: string }

/** Puts a note into the thread, or brings its text in line. */
export function keepNote(tx: Writer, { name, conversationId, at, author, text }: Named): number {
  const { id } = tx.get<{ id: number }>(
    'INSERT INTO notes(name, conversation_id, at, author, text) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(name) DO UPDATE SET text = ?5 RETURNING id', name, conversationId, at, author, text) ?? { id: 0 }
  tx.changes.changed('conversations', conversationId)
  return id
}

export function dropNote(tx: Writer, name: string): void {
  const note = tx.get<{ conversation_id: number }>('DELETE FROM notes WHERE name = ? RETURNING conversation_id', name)
  if (note) tx.changes.changed('conversations', note.conversation_id)
}
