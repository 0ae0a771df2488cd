import { ClipboardList, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { fieldKinds, type Field, type FieldKind } from '../../src-preload/contract'
import { call, type CallError } from '../client'
import { tellDone } from '../state/acts'
import { t } from '../text'
import { Field as Labelled, Select, TextArea, LabelField } from '../ui/field'
import { MoreMenu } from '../ui/menu'
import { useFields } from '../work/use-views'
import { ActDialog } from '../ui/act-dialog'
import { MadeList } from './made-list'
import './settings.css'

/** The team's own fields of a conversation: make, change, remove. */
export function Fields() {
  const fields = useFields()
  const [edited, setEdited] = useState<Field | 'new' | null>(null)
  const [removed, setRemoved] = useState<Field | null>(null)
  return (
    <MadeList
      kind="field"
      title={t('settings:pages.fields')}
      add={t('fields:page.add')}
      onAdd={() => setEdited('new')}
      text={t('fields:page.text')}
      empty={{ icon: ClipboardList, title: t('fields:page.empty'), text: t('fields:page.emptyText') }}
      heads={[t('fields:page.name'), t('fields:page.kind')]}
      acts={t('fields:page.acts')}
      rows={fields.map((field) => (
        <tr key={field.name}>
          <td>
            <bdi>{field.label}</bdi>
          </td>
          <td className="t2">
            {t(`fields:page.kinds.${field.kind}`)}
            {field.choices.length > 0 && (
              <span className="t3">
                : <bdi>{field.choices.join(', ')}</bdi>
              </span>
            )}
          </td>
          <td className="r">
            <MoreMenu
              label={t('fields:page.more', { label: field.label })}
              items={[
                { label: t('fields:page.change'), icon: Pencil, onSelect: () => setEdited(field) },
                'separator',
                { label: t('fields:page.remove'), icon: Trash2, danger: true, onSelect: () => setRemoved(field) },
              ]}
            />
          </td>
        </tr>
      ))}
    >
      {edited && <EditField field={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {removed && <RemoveField field={removed} onClose={() => setRemoved(null)} />}
    </MadeList>
  )
}

const words = (error: CallError) =>
  error.code === 'conflict'
    ? t('fields:page.twin')
    : error.detail['what'] === 'choices'
      ? t('fields:page.noChoices')
      : undefined

function EditField({ field, onClose }: { field: Field | null; onClose: () => void }) {
  const [label, setLabel] = useState(field?.label ?? '')
  const [kind, setKind] = useState<FieldKind>(field?.kind ?? 'text')
  const [choices, setChoices] = useState((field?.choices ?? []).join('\n'))
  const save = async () => {
    const lines = choices
      .split('\n')
      .map((line) => line.trim().slice(0, 60))
      .filter((line) => line !== '')
      .slice(0, 100)
    await tellDone(
      t('fields:page.saved', { label: label.trim() }),
      call('fields.save', { name: field?.name ?? null, label, kind, choices: kind === 'choice' ? lines : [] }),
    )
  }
  return (
    <ActDialog
      title={t(field ? 'fields:page.editTitle' : 'fields:page.newTitle')}
      act={t('fields:page.save')}
      ready={label.trim() !== ''}
      work={save}
      words={words}
      onClose={onClose}
    >
      <LabelField label={t('fields:page.label')} value={label} onSet={setLabel} />
      <Labelled label={t('fields:page.kind')} {...(field ? { hint: t('fields:page.kindStays') } : {})}>
        {(ids) => (
          <Select
            {...ids}
            value={kind}
            disabled={field !== null}
            options={fieldKinds.map((value) => ({ value, label: t(`fields:page.kinds.${value}`) }))}
            onChange={(event) => {
              const next = fieldKinds.find((one) => one === event.target.value)
              if (next) setKind(next)
            }}
          />
        )}
      </Labelled>
      {kind === 'choice' && (
        <Labelled label={t('fields:page.choices')}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={5}
              dir="auto"
              value={choices}
              onChange={(event) => setChoices(event.target.value)}
            />
          )}
        </Labelled>
      )}
    </ActDialog>
  )
}

function RemoveField({ field, onClose }: { field: Field; onClose: () => void }) {
  const remove = async () => {
    await tellDone(t('fields:page.removed', { label: field.label }), call('fields.remove', { name: field.name }))
  }
  return (
    <ActDialog
      title={t('fields:page.removeTitle', { label: field.label })}
      description={t('fields:page.removeText')}
      act={t('fields:page.removeDo')}
      danger
      work={remove}
      onClose={onClose}
    />
  )
}
