import * as z from 'zod'
import type { Note } from '../../../src-preload/contract/mail'
import { PosternError } from '../../../src-preload/contract/errors'
import { settleMentions } from '../../../src-preload/contract/mentions'
import type { Undo } from './acts'
import type { Reader, Writer } from '../file/database'
import { groupsWithMembers, peopleOf } from './people'
import { groupOfConversation } from '../team/anchors'
import { newName } from '../team/log'
import { nameOfDevice } from '../team/members'
import { conflictOf, stateOfConversation } from '../team/state'
import { survivorOf } from '../threads/threads'
import type { Workspace } from '../workspace'

/** Notes of a conversation, oldest first. */
export function notesOf(read: Reader, conversationId: number): Note[] {
  const rows = read.all<Omit<Note, 'edited' | 'twoVersions'> & { name: string }>(
    'SELECT id AS noteId, conversation_id AS conversationId, at, author, text, name FROM notes WHERE conversation_id = ? ORDER BY at, id',
    conversationId,
  )
  if (rows.length === 0) return []
  const state = stateOfConversation(read, conversationId)
  return rows.map(({ name, ...note }) => ({
    ...note,
    edited: state.some(({ field }) => field === `note:${name}`),
    twoVersions: conflictOf(state, `note:${name}`).length > 1,
  }))
}

const Written = z.object({ note: z.string(), text: z.string() })

/** All texts that a note had, oldest first, those that were written at the same time too. @throws PosternError `not-found` */
export function noteHistory(read: Reader, noteId: number): { at: number; by: string; text: string }[] {
  const note = read.get<{ name: string; conversation_id: number; author: string }>(
    'SELECT name, conversation_id, author FROM notes WHERE id = ?',
    noteId,
  )
  if (!note) throw new PosternError('not-found', 'no such note')
  return groupOfConversation(read, note.conversation_id)
    .entities.flatMap((entity) =>
      read.all<{ kind: string; device: string; ms: number; payload: string }>(
        "SELECT kind, device, ms, payload FROM team_events WHERE entity = ? AND kind IN ('note', 'note-edit') AND standing = 0",
        entity,
      ),
    )
    .flatMap(({ kind, device, ms, payload }) => {
      const written = Written.safeParse(JSON.parse(payload))
      return written.success && written.data.note === note.name
        ? [{ at: ms, by: kind === 'note' ? note.author : nameOfDevice(read, device), text: written.data.text }]
        : []
    })
    .toSorted((a, b) => a.at - b.at)
}

/** Changes the words of a note; the ones before stay in its history. What is too long for one goes on in further notes, which are `by`'s. */
export function editNote(tx: Writer, workspace: Workspace, noteId: number, text: string, by: string): Undo {
  const note = tx.get<Named>(
    'SELECT name, conversation_id AS conversationId, at, author, text FROM notes WHERE id = ?',
    noteId,
  )
  if (!note) throw new PosternError('not-found', 'no such note')
  const put = (way: Writer, words: string): void => {
    keepNote(way, { ...note, text: words })
    workspace.team.recordOn(way, note.conversationId, 'note-edit', {
      note: note.name,
      text: words,
      mentions: withMentions(way, workspace.device.id, words).mentions,
    })
  }
  const [first = text, ...others] = noteParts(text)
  const { text: written } = withMentions(tx, workspace.device.id, first)
  put(tx, written)
  const further = others.map((part) => addPart(tx, workspace, note.conversationId, part, by, Date.now(), ''))
  return (undo) => {
    const now = undo.get<{ text: string }>('SELECT text FROM notes WHERE name = ?', note.name)
    if (now?.text !== written) return 'left'
    put(undo, note.text)
    for (const id of further) removeNote(undo, workspace, id)
    return undefined
  }
}

/** A longer note is refused by every console. */
const longestNote = 50_000
const mostMentions = 50

/** The text with the whole names of those it mentions, and who they are; of a group, its members. */
function withMentions(read: Reader, me: string, written: string): { text: string; mentions: string[] } {
  const groups = groupsWithMembers(read)
  const settled = settleMentions(written, [...peopleOf(read, me), ...groups])
  const members = settled.ids.flatMap((id) => groups.find((group) => group.id === id)?.members ?? [id])
  return {
    text: settled.text.length > longestNote ? written : settled.text,
    mentions: [...new Set(members)].slice(0, mostMentions),
  }
}

/** Where a text that is too long is parted: behind a blank where there is one, and never in a letter. */
function partEnd(text: string, from: number, length: number): number {
  const most = from + length
  if (most >= text.length) return text.length
  const piece = text.slice(from + length / 2, most)
  const blank = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf(' '))
  if (blank >= 0) return from + length / 2 + blank + 1
  return (text.codePointAt(most - 1) ?? 0) > 0xffff ? most - 1 : most
}

/** A text as notes that every console takes: of a longer one its parts, each with its number in front. */
export function noteParts(text: string): string[] {
  if (text.length <= longestNote) return [text]
  const parts: string[] = []
  // room for the number
  for (let from = 0, end = 0; from < text.length; from = end) {
    end = partEnd(text, from, longestNote - 100)
    parts.push(text.slice(from, end))
  }
  return parts.map((part, index) => `(${index + 1}/${parts.length})\n${part}`)
}

/**
 * Writes a note and tells the team; a text that is too long for one becomes several.
 * @param as whose words they are when not this installation's agent's (a guest of support)
 * @returns their ids
 * @throws PosternError `not-found`
 */
export function addNote(
  tx: Writer,
  workspace: Workspace,
  conversationId: number,
  written: string,
  author: string,
  at: number,
  as = '',
): [number, ...number[]] {
  const id = survivorOf(tx, conversationId)
  if (!tx.get('SELECT 1 FROM conversations WHERE id = ?', id))
    throw new PosternError('not-found', 'no such conversation')
  const add = (part: string): number => addPart(tx, workspace, id, part, author, at, as)
  const [first = written, ...others] = noteParts(written)
  return [add(first), ...others.map(add)]
}

function addPart(
  tx: Writer,
  workspace: Workspace,
  conversationId: number,
  part: string,
  author: string,
  at: number,
  as: string,
): number {
  const name = newName()
  const { text, mentions } = withMentions(tx, workspace.device.id, part)
  const noteId = keepNote(tx, { name, conversationId, at, author, text })
  workspace.team.recordOn(tx, conversationId, 'note', { note: name, text, mentions, as })
  return noteId
}

/** Takes a note away, or brings it back: `on` says whether it is gone. */
export function removeNote(tx: Writer, workspace: Workspace, noteId: number): { undo: Undo } {
  const note = tx.get<Named>(
    'SELECT name, conversation_id AS conversationId, at, author, text FROM notes WHERE id = ?',
    noteId,
  )
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

export interface Named {
  readonly name: string
  readonly conversationId: number
  readonly at: number
  readonly author: string
  readonly text: string
}

/** Puts a note into the thread, or brings its text in line. */
export function keepNote(tx: Writer, { name, conversationId, at, author, text }: Named): number {
  const { id } = tx.get<{ id: number }>(
    'INSERT INTO notes(name, conversation_id, at, author, text) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(name) DO UPDATE SET text = ?5, conversation_id = ?2 RETURNING id',
    name,
    conversationId,
    at,
    author,
    text,
  ) ?? { id: 0 }
  tx.changes.changed('conversations', conversationId)
  return id
}

export function dropNote(tx: Writer, name: string): void {
  const note = tx.get<{ conversation_id: number }>('DELETE FROM notes WHERE name = ? RETURNING conversation_id', name)
  if (note) tx.changes.changed('conversations', note.conversation_id)
}
