import { Pencil, Trash2, Users } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { call, type CallError } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { t } from '../text'
import { listText } from '../text/lists'
import { Checkbox, LabelField } from '../ui/field'
import { MoreMenu } from '../ui/menu'
import { usePeople } from '../work/people'
import { ActDialog } from '../ui/act-dialog'
import { MadeList } from './made-list'
import './settings.css'

type Group = CallOutput<'groups.list'>['groups'][number]

async function remove({ name, label }: Group): Promise<void> {
  try {
    await tellDone(t('groups:removed', { label }), call('groups.remove', { name }))
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Groups of people that conversations can be given to. */
export function Groups() {
  const groups = useQuery('groups.list', {}).data?.groups ?? []
  const [edited, setEdited] = useState<Group | 'new' | null>(null)
  return (
    <MadeList
      kind="group"
      title={t('settings:pages.groups')}
      add={t('groups:add')}
      onAdd={() => setEdited('new')}
      text={t('groups:text')}
      empty={{ icon: Users, title: t('groups:empty'), text: t('groups:emptyText') }}
      heads={[t('groups:name'), t('groups:members')]}
      acts={t('groups:acts')}
      rows={groups.map((group) => (
        <tr key={group.name}>
          <td>
            <bdi>{group.label}</bdi>
          </td>
          <td className="t2">
            {group.members.length === 0 ? (
              t('groups:nobody')
            ) : (
              <bdi>{listText(group.members.map((one) => one.name || t('work:someone')))}</bdi>
            )}
          </td>
          <td className="r">
            <MoreMenu
              label={t('groups:more', { label: group.label })}
              items={[
                { label: t('groups:change'), icon: Pencil, onSelect: () => setEdited(group) },
                'separator',
                { label: t('groups:remove'), icon: Trash2, danger: true, onSelect: () => void remove(group) },
              ]}
            />
          </td>
        </tr>
      ))}
    >
      {edited && <EditGroup group={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </MadeList>
  )
}

const words = (error: CallError) => (error.code === 'conflict' ? t('groups:twin') : undefined)

function EditGroup({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const people = usePeople()?.people ?? []
  const [label, setLabel] = useState(group?.label ?? '')
  const [members, setMembers] = useState<ReadonlySet<string>>(() => new Set(group?.members.map(({ id }) => id)))
  const toggle = (id: string, on: boolean) =>
    setMembers(new Set(on ? [...members, id] : [...members].filter((one) => one !== id)))
  const save = async () => {
    await tellDone(
      t('groups:saved', { label: label.trim() }),
      call('groups.save', { name: group?.name ?? null, label, members: [...members] }),
    )
  }
  return (
    <ActDialog
      title={t(group ? 'groups:editTitle' : 'groups:newTitle')}
      act={t('groups:save')}
      ready={label.trim() !== ''}
      work={save}
      words={words}
      onClose={onClose}
    >
      <LabelField label={t('groups:label')} value={label} onSet={setLabel} />
      <fieldset className="field">
        <legend>{t('groups:members')}</legend>
        {people.map((one) => (
          <Checkbox
            key={one.id}
            label={<bdi>{one.name || t('work:you')}</bdi>}
            checked={members.has(one.id)}
            onChange={(event) => toggle(one.id, event.target.checked)}
          />
        ))}
      </fieldset>
    </ActDialog>
  )
}
