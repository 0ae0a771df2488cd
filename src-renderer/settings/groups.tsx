import { Ellipsis, Pencil, Plus, Trash2, Users } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { call, type CallError } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { t } from '../text'
import { listText } from '../text/lists'
import { Banner } from '../ui/banner'
import { Button, IconButton } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { EmptyState } from '../ui/empty-state'
import { Checkbox, Field, Input } from '../ui/field'
import { Menu } from '../ui/menu'
import { Page } from '../ui/page'
import { useFinish } from '../ui/use-finish'
import { usePeople } from '../work/assign-menu'
import './settings.css'

type Group = CallOutput<'groups.list'>['groups'][number]

async function remove({ name, label }: Group): Promise<void> {
  try {
    tellDone(t('groups:removed', { label }), (await call('groups.remove', { name })).undo)
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Groups of people that conversations can be given to. */
export function Groups() {
  const groups = useQuery('groups.list', {}, { topics: ['team', 'settings'] }).data?.groups ?? []
  const [edited, setEdited] = useState<Group | 'new' | null>(null)
  return (
    <Page
      title={t('settings:pages.groups')}
      end={
        <Button kind="primary" icon={Plus} onClick={() => setEdited('new')}>
          {t('groups:add')}
        </Button>
      }
    >
      <div>
        <p className="t2 views-text">{t('groups:text')}</p>
        {groups.length === 0 ? (
          <div className="card">
            <EmptyState icon={Users} title={t('groups:empty')}>
              {t('groups:emptyText')}
            </EmptyState>
          </div>
        ) : (
          <div className="card clip">
            <table>
              <thead>
                <tr>
                  <th>{t('groups:name')}</th>
                  <th>{t('groups:members')}</th>
                  <th>
                    <span className="sr">{t('groups:acts')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {groups.map((group) => (
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
                      <Menu
                        label={t('groups:more', { label: group.label })}
                        trigger={
                          <IconButton icon={Ellipsis} size="sm" label={t('groups:more', { label: group.label })} />
                        }
                        items={[
                          { label: t('groups:change'), icon: Pencil, onSelect: () => setEdited(group) },
                          'separator',
                          { label: t('groups:remove'), icon: Trash2, danger: true, onSelect: () => void remove(group) },
                        ]}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {edited && <EditGroup group={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}

const words = (error: CallError) => (error.code === 'conflict' ? t('groups:twin') : undefined)

function EditGroup({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const people = usePeople()?.people ?? []
  const [label, setLabel] = useState(group?.label ?? '')
  const [members, setMembers] = useState<ReadonlySet<string>>(() => new Set(group?.members.map(({ id }) => id)))
  const { busy, failure, finish } = useFinish(onClose, words)
  const toggle = (id: string, on: boolean) =>
    setMembers(new Set(on ? [...members, id] : [...members].filter((one) => one !== id)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (label.trim() !== '')
      finish(async () => void (await call('groups.save', { name: group?.name ?? null, label, members: [...members] })))
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(group ? 'groups:editTitle' : 'groups:newTitle')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="group" disabled={label.trim() === ''} busy={busy}>
            {t('groups:save')}
          </Button>
        </>
      }
    >
      <form id="group" className="y g3" onSubmit={submit}>
        <Field label={t('groups:label')}>
          {(ids) => (
            <Input
              {...ids}
              value={label}
              maxLength={60}
              dir="auto"
              autoComplete="off"
              autoFocus
              onChange={(event) => setLabel(event.target.value)}
            />
          )}
        </Field>
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
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
