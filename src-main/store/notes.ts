import type { Note } from '../../src-preload/contract/mail'
import { PosternError } from '../../src-preload/contract/errors'
import type { Reader, Writer } from './database'
import { survivorOf } from './threads'

/** Notes of a conversation, oldest first. */
export function notesOf(read: Reader, conversationId: number): Note[] {
  return read.all<Note>('SELECT id AS noteId, conversation_id AS conversationId, at, author, text FROM notes WHERE conversation_id = ? ORDER BY at, id', conversationId)
}

/** @throws PosternError `not-found` */
export function addNote(tx: Writer, conversationId: number, text: string, author: string, at: number): number {
  const id = survivorOf(tx, conversationId)
  if (!tx.get('SELECT 1 FROM conversations WHERE id = ?', id)) throw new PosternError('not-found', 'no such conversation')
  const { lastInsertRowid } = tx.run('INSERT INTO notes(conversation_id, at, author, text) VALUES(?, ?, ?, ?)', id, at, author, text)
  tx.changes.changed('conversations', id)
  return Number(lastInsertRowid)
}
