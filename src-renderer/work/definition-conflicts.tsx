import type { DefinedKind, DefinitionConflict } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { t } from '../text'
import { listText } from '../text/lists'
import { ConflictLines, type ConflictLine } from './conflict-lines'
import { useWriterName } from './people'

type Write = DefinitionConflict['writes'][number]

const none: readonly DefinitionConflict[] = []

/** What two changed at the same time of tags, groups, fields and views. */
export function useDefinitionConflicts(): readonly DefinitionConflict[] {
  return useQuery('definitions.conflicts', {}, { topics: ['team', 'tags', 'views'] }).data?.conflicts ?? none
}

async function choose({ kind, name }: DefinitionConflict, { id }: Write): Promise<void> {
  try {
    tellDone(t('definitions:settled'), (await call('definitions.settle', { kind, name, write: id })).undo)
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** @param kind tells of these only; without it of all */
export function DefinitionConflicts({ kind }: { kind?: DefinedKind }) {
  const conflicts = useDefinitionConflicts().filter((one) => kind === undefined || one.kind === kind)
  const nameOf = useWriterName()
  return <ConflictLines lines={conflicts.flatMap((one) => lineOf(one, nameOf) ?? [])} />
}

function lineOf(conflict: DefinitionConflict, nameOf: (write: Write) => string): ConflictLine | null {
  const { kind, name, label, member, writes } = conflict
  const [stands, loses] = writes
  if (!stands || !loses) return null
  const run = (write: Write) => () => void choose(conflict, write)
  const id = `${kind} ${name} ${member?.id ?? ''}`
  if (member) {
    const who = member.name || t('work:someone')
    return {
      id,
      text: t('definitions:member', { gave: nameOf(stands), took: nameOf(loses), member: who, label }),
      acts: [
        { label: t('definitions:takeOut', { member: who }), run: run(loses) },
        { label: t('definitions:keepMember', { member: who }), run: run(stands) },
      ],
    }
  }
  const names = [...new Set(writes.map(nameOf))]
  const choices = writes.map((write) => choiceOf(kind, write))
  // Two that read alike, such as views of as many conditions, are told apart by who made them.
  const choice = (index: number): string => {
    const [text = '', write] = [choices[index], writes[index]]
    return write && choices.filter((one) => one === text).length > 1
      ? t('definitions:by', { choice: text, name: nameOf(write) })
      : text
  }
  const use = (write: Write, index: number): string =>
    write.gone ? t('definitions:remove') : t('work:conflict.use', { choice: choice(index) })
  return {
    id,
    text: t(`definitions:${stands.gone ? 'removed' : writes.some(({ gone }) => gone) ? 'stays' : 'changed'}`, {
      count: names.length,
      names: listText(names),
      what: t(`definitions:what.${kind}`),
      label,
      stands: choice(0),
      by: nameOf(stands),
    }),
    acts: [
      ...writes.slice(1).map((write, index) => ({ label: use(write, index + 1), run: run(write) })),
      {
        label: stands.gone ? t('definitions:leaveRemoved') : t('work:conflict.keep', { choice: choice(0) }),
        run: run(stands),
      },
    ],
  }
}

function choiceOf(kind: DefinedKind, { label, hue, choices, conditions }: Write): string {
  if (kind === 'tag' && hue !== null) return t('definitions:tag', { label, hue: t(`work:page.hues.${hue}`) })
  if (kind === 'field' && choices.length > 0) return t('definitions:list', { label, values: choices.join(', ') })
  if (kind === 'view' && conditions !== null) return t('definitions:view', { label, count: conditions })
  return label
}
