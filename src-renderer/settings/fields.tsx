import { ClipboardList, Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { fieldKinds, type Field, type FieldKind } from '../../src-preload/contract'
import { call, type CallError } from '../client'
import { tellDone } from '../state/acts'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button, IconButton } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { EmptyState } from '../ui/empty-state'
import { Field as Labelled, Input, Select, TextArea } from '../ui/field'
import { Menu } from '../ui/menu'
import { Page } from '../ui/page'
import { useFinish } from '../ui/use-finish'
import { useFields } from '../work/use-views'
import './settings.css'

/** The team's own fields of a conversation: make, change, remove. */
export function Fields() {
  const fields = useFields()
  const [edited, setEdited] = useState<Field | 'new' | null>(null)
  const [removed, setRemoved] = useState<Field | null>(null)
  return (
    <Page
      title={t('settings:pages.fields')}
      end={
        <Button kind="primary" icon={Plus} onClick={() => setEdited('new')}>
          {t('fields:page.add')}
        </Button>
      }
    >
      <div>
        <p className="t2 views-text">{t('fields:page.text')}</p>
        {fields.length === 0 ? (
          <div className="card">
            <EmptyState icon={ClipboardList} title={t('fields:page.empty')}>
              {t('fields:page.emptyText')}
            </EmptyState>
          </div>
        ) : (
          <div className="card clip">
            <table>
              <thead>
                <tr>
                  <th>{t('fields:page.name')}</th>
                  <th>{t('fields:page.kind')}</th>
                  <th>
                    <span className="sr">{t('fields:page.acts')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {fields.map((field) => (
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
                      <Menu
                        label={t('fields:page.more', { label: field.label })}
                        trigger={
                          <IconButton icon={Ellipsis} size="sm" label={t('fields:page.more', { label: field.label })} />
                        }
                        items={[
                          { label: t('fields:page.change'), icon: Pencil, onSelect: () => setEdited(field) },
                          'separator',
                          {
                            label: t('fields:page.remove'),
                            icon: Trash2,
                            danger: true,
                            onSelect: () => setRemoved(field),
                          },
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
      {edited && <EditField field={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {removed && <RemoveField field={removed} onClose={() => setRemoved(null)} />}
    </Page>
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
  const { busy, failure, finish } = useFinish(onClose, words)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (label.trim() === '') return
    const lines = choices
      .split('\n')
      .map((line) => line.trim().slice(0, 60))
      .filter((line) => line !== '')
      .slice(0, 100)
    finish(
      async () =>
        void (await call('fields.save', {
          name: field?.name ?? null,
          label,
          kind,
          choices: kind === 'choice' ? lines : [],
        })),
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(field ? 'fields:page.editTitle' : 'fields:page.newTitle')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="field" disabled={label.trim() === ''} busy={busy}>
            {t('fields:page.save')}
          </Button>
        </>
      }
    >
      <form id="field" className="y g3" onSubmit={submit}>
        <Labelled label={t('fields:page.label')}>
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
        </Labelled>
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
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}

function RemoveField({ field, onClose }: { field: Field; onClose: () => void }) {
  const { busy, failure, finish } = useFinish(onClose)
  const remove = () =>
    finish(async () => {
      const { undo } = await call('fields.remove', { name: field.name })
      tellDone(t('fields:page.removed', { label: field.label }), undo)
    })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('fields:page.removeTitle', { label: field.label })}
      description={t('fields:page.removeText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="danger-fill" busy={busy} onClick={remove}>
            {t('fields:page.removeDo')}
          </Button>
        </>
      }
    >
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
