import type { DefinedKind, DefinitionConflict } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { t } from '../text'
import { ConflictLines, deciders, tellApart, type ConflictLine } from './conflict-lines'
import { useWriterName } from './people'

type Write = DefinitionConflict['writes'][number]

const none: readonly DefinitionConflict[] = []

/** What two changed at the same time of tags, groups, fields and views. */
export function useDefinitionConflicts(): readonly DefinitionConflict[] {
  return useQuery('definitions.conflicts', {}).data?.conflicts ?? none
}

async function choose({ kind, name }: DefinitionConflict, { id }: Write): Promise<void> {
  try {
    await tellDone(t('definitions:settled'), call('definitions.settle', { kind, name, write: id }))
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
  const [stands, ...others] = writes
  const [loses] = others
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
  // Views of as many conditions, for one, read alike.
  const choice = tellApart(
    writes,
    (write) => choiceOf(kind, write),
    (text, write) => t('definitions:by', { choice: text, name: nameOf(write) }),
  )
  const use = (write: Write): string =>
    write.gone ? t('definitions:remove') : t('work:conflict.use', { choice: choice(write) })
  return {
    id,
    text: t(`definitions:${stands.gone ? 'removed' : writes.some(({ gone }) => gone) ? 'stays' : 'changed'}`, {
      ...deciders(stands, others, nameOf),
      what: t(`definitions:what.${kind}`),
      label,
      stands: choice(stands),
    }),
    acts: [
      ...others.map((write) => ({ label: use(write), run: run(write) })),
      {
        label: stands.gone ? t('definitions:leaveRemoved') : t('work:conflict.keep', { choice: choice(stands) }),
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
