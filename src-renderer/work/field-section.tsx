import { SlidersHorizontal } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { Field, FieldValue } from '../../src-preload/contract'
import { useQuery } from '../live'
import { goSettings } from '../state/places'
import { showToast } from '../state/toast'
import { setField } from '../state/work'
import { t } from '../text'
import { calendarText } from '../text/time'
import { IconButton } from '../ui/button'
import { Input, Select } from '../ui/field'
import { useFields } from './use-views'
import './work.css'

/** As people read it: a day in their own form. */
function fieldText(field: Field | undefined, value: FieldValue): string {
  return field?.kind === 'date' && typeof value === 'string' ? calendarText(value) : String(value)
}

/** What the team keeps about a conversation beyond its mail; each value is changed in place. */
export function FieldSection({ conversationId }: { conversationId: number }) {
  const fields = useFields()
  const values = useQuery('conversations.get', { id: conversationId }, [conversationId]).data?.fields ?? []
  const [edited, setEdited] = useState<string | null>(null)
  if (fields.length === 0) return null
  return (
    <div className="sect">
      <div className="sect-h">
        <h3>{t('fields:title')}</h3>
        <span className="push">
          <IconButton
            icon={SlidersHorizontal}
            size="sm"
            label={t('fields:manage')}
            onClick={() => goSettings('fields')}
          />
        </span>
      </div>
      <dl className="kv">
        {fields.map((field) => {
          const value = values.find(({ name }) => name === field.name)?.value
          return (
            <div key={field.name} className="field-line">
              <dt className="cut" data-tip={field.label}>
                {field.label}
              </dt>
              <dd>
                {edited === field.name ? (
                  <Editor
                    field={field}
                    value={value}
                    onDone={(next) => {
                      setEdited(null)
                      if (next !== undefined && next !== (value ?? null)) void setField([conversationId], field, next)
                    }}
                  />
                ) : (
                  <button
                    type="button"
                    className="field-value cut"
                    aria-label={`${t('fields:edit', { label: field.label })}: ${value === undefined ? t('fields:none') : fieldText(field, value)}`}
                    onClick={() => setEdited(field.name)}
                  >
                    {value === undefined ? (
                      <span className="t3">{t('fields:none')}</span>
                    ) : (
                      <bdi>{fieldText(field, value)}</bdi>
                    )}
                  </button>
                )}
              </dd>
            </div>
          )
        })}
      </dl>
    </div>
  )
}

/** @param onDone undefined: it stays as it was; null: no value */
function Editor({
  field,
  value,
  onDone,
}: {
  field: Field
  value: FieldValue | undefined
  onDone: (value?: FieldValue | null) => void
}) {
  const [text, setText] = useState(value === undefined ? '' : String(value))
  const finish = () => {
    const typed = text.trim()
    if (typed === '') return onDone(null)
    if (field.kind !== 'number') return onDone(typed)
    const number = Number(typed)
    if (Number.isFinite(number)) return onDone(number)
    showToast({ text: t('fields:badNumber'), kind: 'bad' })
    return onDone()
  }
  const label = t('fields:edit', { label: field.label })
  if (field.kind === 'choice') {
    return (
      <Select
        small
        autoFocus
        aria-label={label}
        value={text}
        options={[{ value: '', label: t('fields:none') }, ...field.choices.map((one) => ({ value: one, label: one }))]}
        onChange={(event) => onDone(event.target.value === '' ? null : event.target.value)}
        onBlur={() => onDone()}
      />
    )
  }
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        finish()
      }}
    >
      <Input
        small
        autoFocus
        aria-label={label}
        type={field.kind === 'number' ? 'number' : field.kind === 'date' ? 'date' : 'text'}
        step="any"
        dir="auto"
        maxLength={1000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onDone()
        }}
      />
    </form>
  )
}
