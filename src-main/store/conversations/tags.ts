import { PosternError } from '../../../src-preload/contract/errors'
import { Hue, hues, type Tag } from '../../../src-preload/contract/work'
import type { Reader, Writer } from '../file/database'
import { newName } from '../team/log'
import type { Workspace } from '../workspace'

interface Row {
  readonly name: string
  readonly label: string
  readonly hue: string
}

const hueOf = (hue: string): Tag['hue'] => Hue.catch('stone').parse(hue)
const tagOf = ({ name, label, hue }: Row): Tag => ({ name, label, hue: hueOf(hue) })

/** Tags in use, by label, with how many conversations have each: open ones, and all. */
export function listTags(read: Reader): (Tag & { open: number; all: number })[] {
  return read
    .all<Row & { open: number; all: number }>(
      `SELECT t.name, t.label, t.hue, (SELECT count(*) FROM conversation_tags c WHERE c.tag = t.name AND c.listed = 1) AS open,
       (SELECT count(*) FROM conversation_tags c WHERE c.tag = t.name) AS "all"
     FROM tags t WHERE t.retired = 0`,
    )
    .map((row) => ({ ...tagOf(row), open: row.open, all: row.all }))
    .toSorted((a, b) => a.label.localeCompare(b.label))
}

/** The tags that names mean; retired ones count as the one that took their place. */
export function tagsNamed(read: Reader, names: readonly string[]): Tag[] {
  const found = new Map<string, Tag>()
  for (const name of names) {
    const row = current(read, name)
    if (row) found.set(row.name, tagOf(row))
  }
  return [...found.values()].toSorted((a, b) => a.label.localeCompare(b.label))
}

/** Follows merged tags to the one in use, at most as many steps as nobody makes by hand. */
export function current(read: Reader, name: string): Row | null {
  let at: string | null = name
  for (let step = 0; at !== null && step < 20; step++) {
    const row: (Row & { retired: number; into_tag: string | null }) | undefined = read.get(
      'SELECT name, label, hue, retired, into_tag FROM tags WHERE name = ?',
      at,
    )
    if (!row) return null
    if (row.retired === 0) return row
    at = row.into_tag
  }
  return null
}

function refuseTwin(read: Reader, label: string, but: string | null): void {
  const wanted = label.trim().toLocaleLowerCase()
  if (listTags(read).some((tag) => tag.name !== but && tag.label.toLocaleLowerCase() === wanted))
    throw new PosternError('conflict', 'a tag has this name', { what: 'tag' })
}

/** @throws PosternError `conflict` when a tag has this label already */
export function createTag(tx: Writer, workspace: Workspace, label: string, hue: Tag['hue'] | null): Tag {
  refuseTwin(tx, label, null)
  const used = listTags(tx).length
  const tag: Tag = { name: newName(), label: label.trim(), hue: hue ?? hues[used % hues.length] ?? 'stone' }
  workspace.team.record(tx, {
    kind: 'tag-define',
    entity: `tag:${tag.name}`,
    payload: { name: tag.label, colour: tag.hue },
  })
  return tag
}

/** @throws PosternError `not-found`, `conflict` */
export function changeTag(tx: Writer, workspace: Workspace, { name, label, hue }: Tag): { name: string } {
  if (!current(tx, name)) throw new PosternError('not-found', 'no such tag')
  refuseTwin(tx, label, name)
  workspace.team.record(tx, { kind: 'tag-define', entity: `tag:${name}`, payload: { name: label.trim(), colour: hue } })
  return { name }
}

/** Takes a tag out of use. `into`: its conversations count as having that one. */
export function retireTag(tx: Writer, workspace: Workspace, name: string, into: string | null): { name: string } {
  if (into === name) throw new PosternError('invalid-input', 'a tag cannot take its own place')
  workspace.team.record(tx, { kind: 'tag-retire', entity: `tag:${name}`, payload: { retired: true, into } })
  return { name }
}
