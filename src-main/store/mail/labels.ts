import { PosternError } from '../../../src-preload/contract/errors'
import type { Acts } from '../conversations/acts'
import type { Reader, Writer } from '../file/database'
import { parseIds, parseTexts } from '../rows'
import { queueAct, type Located } from './server-ops'

/**
 * Labels that the mail server itself keeps (Gmail). They belong to the messages of a mailbox and are seen by every mail
 * program, so they are changed on the server; the team's own tags travel by the team log instead (store/conversations/tags).
 */

/** System labels (`\Inbox`, `\Sent` ...) say where mail lies; they are no labels to a person. */
const labelsOfPeople = (labels: readonly string[]): string[] =>
  labels.filter((label) => label !== '' && !label.startsWith('\\'))

/** Labels that exist, used or not, with how many conversations in sight have each, by name. */
export function listLabels(read: Reader): { name: string; count: number; mailboxIds: number[] }[] {
  const rows = read.all<{ name: string; mailboxes: string; count: number }>(
    `SELECT l.name, json_group_array(l.mailbox_id) AS mailboxes, (SELECT count(*) FROM conversation_labels c WHERE c.label = l.name AND c.listed = 1) AS count
     FROM mail_labels l JOIN mailboxes m ON m.id = l.mailbox_id AND m.removing = 0 GROUP BY l.name`,
  )
  return rows
    .map(({ name, mailboxes, count }) => ({ name, count, mailboxIds: parseIds(mailboxes) }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

/** Mailboxes whose server has labels: mail of their All Mail bears a list, empty or not. */
export function mailboxesWithLabels(read: Reader): number[] {
  return read
    .all<{ id: number }>(
      "SELECT id FROM mailboxes m WHERE removing = 0 AND EXISTS(SELECT 1 FROM folders f JOIN locations l ON l.folder_id = f.id WHERE f.mailbox_id = m.id AND f.role = 'all' AND l.labels IS NOT NULL)",
    )
    .map(({ id }) => id)
}

/** The server's list of labels; those that it no longer has go, unless mail here still bears them. */
export function syncLabels(tx: Writer, mailboxId: number, listed: readonly string[]): void {
  learnLabels(tx, mailboxId, listed)
  const here = tx.all<{ name: string }>('SELECT name FROM mail_labels WHERE mailbox_id = ?', mailboxId)
  const names = new Set(listed)
  for (const { name } of here) {
    if (names.has(name) || tx.get('SELECT 1 FROM conversation_labels WHERE label = ?', name)) continue
    tx.run('DELETE FROM mail_labels WHERE mailbox_id = ? AND name = ?', mailboxId, name)
    tx.changes.touched('counts')
  }
}

export function learnLabels(tx: Writer, mailboxId: number, labels: readonly string[]): void {
  for (const name of labelsOfPeople(labels)) {
    if (tx.run('INSERT OR IGNORE INTO mail_labels(mailbox_id, name) VALUES(?, ?)', mailboxId, name).changes > 0)
      tx.changes.touched('counts')
  }
}

/** Makes a conversation's labels those of its messages. Free of cost where no mailbox has labels. */
export function relabel(tx: Writer, id: number, before: string): void {
  if (before === '[]' && !tx.get('SELECT 1 FROM mail_labels LIMIT 1')) return
  const labels = tx
    .all<{ label: string }>(
      `SELECT DISTINCT e.value AS label FROM messages m JOIN locations l ON l.message_id = m.id, json_each(l.labels) e
     WHERE m.conversation_id = ? AND l.labels IS NOT NULL AND substr(e.value, 1, 1) <> '\\' ORDER BY e.value`,
      id,
    )
    .map(({ label }) => label)
  const text = JSON.stringify(labels)
  if (text === before) return
  tx.run('UPDATE conversations SET labels = ? WHERE id = ?', text, id)
  tx.run('DELETE FROM conversation_labels WHERE conversation_id = ?', id)
  for (const label of labels) {
    tx.run(
      'INSERT INTO conversation_labels(label, conversation_id, listed, last_at) SELECT ?, id, hidden = 0 AND status <> 3, last_at FROM conversations WHERE id = ?',
      label,
      id,
    )
  }
  tx.changes.touched('counts')
}

interface Labelled extends Located {
  readonly labels: string
}

/**
 * Gives or takes a label of all messages of conversations, as the server's own screens do. Conversations without mail in a
 * mailbox that has labels stay as they are. @throws PosternError `invalid-input` for a name that is none
 */
export function setLabel(acts: Acts, ids: readonly number[], label: string, on: boolean): Promise<{ undo: string }> {
  if (labelsOfPeople([label]).length === 0)
    throw new PosternError('invalid-input', 'a label of the system', { what: 'label' })
  return acts.act(ids, (tx, id, mailboxes) => {
    const located = tx
      .all<Labelled>(
        `SELECT l.folder_id, l.uid, f.mailbox_id, l.labels FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id
       WHERE m.conversation_id = ? AND l.labels IS NOT NULL`,
        id,
      )
      .filter(({ labels }) => parseTexts(labels).includes(label) !== on)
    const put = (way: Writer, is: boolean): void => {
      for (const one of located) {
        if (!putLabel(way, one.folder_id, one.uid, label, is)) continue
        learnLabels(way, one.mailbox_id, [label])
        queueAct(way, one, { kind: is ? 'add-label' : 'remove-label', flag: label, targetRole: null, targetPath: null })
        mailboxes.add(one.mailbox_id)
      }
    }
    put(tx, on)
    return located.length === 0 ? [] : [(undo) => put(undo, !on)]
  })
}

/** @returns whether the message is still there and was without it, or with it */
export function putLabel(tx: Writer, folderId: number, uid: number, label: string, on: boolean): boolean {
  const row = tx.get<{ labels: string | null }>(
    'SELECT labels FROM locations WHERE folder_id = ? AND uid = ?',
    folderId,
    uid,
  )
  if (!row || row.labels === null) return false
  const labels = parseTexts(row.labels)
  if (labels.includes(label) === on) return false
  tx.run(
    'UPDATE locations SET labels = ? WHERE folder_id = ? AND uid = ?',
    JSON.stringify(on ? [...labels, label] : labels.filter((one) => one !== label)),
    folderId,
    uid,
  )
  return true
}

/** The server's labels of a message, with those acts of ours that wait. */
export function withWaitingLabels(tx: Reader, folderId: number, uid: number, labels: readonly string[]): string[] {
  const waiting = tx.all<{ kind: string; flag: string }>(
    "SELECT o.kind, o.flag FROM server_op_uids u JOIN server_ops o ON o.id = u.op_id WHERE u.folder_id = ? AND u.uid = ? AND o.kind IN ('add-label', 'remove-label') ORDER BY o.id",
    folderId,
    uid,
  )
  return waiting.reduce<string[]>(
    (now, { kind, flag }) => [...now.filter((one) => one !== flag), ...(kind === 'add-label' ? [flag] : [])],
    [...labels],
  )
}
