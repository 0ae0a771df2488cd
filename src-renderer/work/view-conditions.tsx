import { ChevronDown, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Condition, Field, Status } from '../../src-preload/contract'
import { t } from '../text'
import { listText } from '../text/lists'
import { IconButton } from '../ui/button'
import { Input, Select } from '../ui/field'
import { Icon } from '../ui/icon'
import { Menu, type MenuPart } from '../ui/menu'
import { usePeople } from './people'
import { useTags } from './tags'
import { useFields } from './use-views'
import { useMailboxes } from './mailboxes'

const statuses: readonly Status[] = ['open', 'pending', 'closed', 'spam']
export const conditionKinds = [
  'status',
  'mailbox',
  'assignee',
  'tag',
  'field',
  'customer',
  'waiting',
  'text',
  'unread',
  'snoozed',
  'followed',
] as const
const comparisons = ['equal', 'above', 'below', 'filled', 'empty'] as const

/** A condition as it begins in the dialog; lists and texts are empty until somebody fills them in. */
export function begun(on: Condition['on'], fields: readonly Field[]): Condition {
  switch (on) {
    case 'status':
      return { on, any: ['open'] }
    case 'mailbox':
      return { on, any: [] }
    case 'assignee':
      return { on, any: [] }
    case 'tag':
      return { on, any: [], not: false }
    case 'field':
      return { on, field: fields[0]?.name ?? '', is: 'filled', value: null }
    case 'customer':
    case 'text':
      return { on, text: '' }
    case 'waiting':
      return { on, hours: 4 }
    case 'unread':
    case 'snoozed':
    case 'followed':
      return { on }
  }
}

/** Whether nothing of a condition is left to fill in. */
export function isFilled(condition: Condition): boolean {
  if ('any' in condition) return condition.any.length > 0
  if ('text' in condition) return condition.text.trim() !== ''
  if (condition.on === 'waiting') return condition.hours >= 1
  return (
    condition.on !== 'field' ||
    (condition.field !== '' && (condition.is === 'filled' || condition.is === 'empty' || condition.value !== null))
  )
}

interface Choice {
  readonly id: string
  readonly label: string
}

function Several({
  label,
  choices,
  any,
  onChange,
}: {
  label: string
  choices: readonly Choice[]
  any: readonly string[]
  onChange: (any: string[]) => void
}) {
  const chosen = choices.filter(({ id }) => any.includes(id))
  const text = chosen.length === 0 ? t('views:choose') : listText(chosen.map((one) => one.label))
  const items: MenuPart[] = choices.map((one) => ({
    label: one.label,
    checked: any.includes(one.id),
    keepOpen: true,
    onSelect: () => onChange(any.includes(one.id) ? any.filter((id) => id !== one.id) : [...any, one.id]),
  }))
  return (
    <Menu
      label={label}
      align="start"
      items={items}
      trigger={
        <button type="button" className="btn cond-value" aria-label={t('views:values', { what: label, values: text })}>
          <bdi className="cut grow">{text}</bdi>
          <Icon icon={ChevronDown} small />
        </button>
      }
    />
  )
}

/** One line of a view's conditions: what it is about, and its values. */
export function ConditionLine({
  condition,
  onChange,
  onRemove,
}: {
  condition: Condition
  onChange: (condition: Condition) => void
  onRemove: () => void
}) {
  const fields = useFields()
  const what = t(`views:on.${condition.on}`)
  const kinds = conditionKinds.filter((kind) => kind !== 'field' || fields.length > 0 || condition.on === 'field')
  return (
    <li className="cond">
      <Select
        aria-label={t('views:dialog.kind')}
        value={condition.on}
        options={kinds.map((kind) => ({ value: kind, label: t(`views:on.${kind}`) }))}
        onChange={(event) => {
          const kind = conditionKinds.find((one) => one === event.target.value)
          if (kind) onChange(begun(kind, fields))
        }}
      />
      <Value condition={condition} what={what} fields={fields} onChange={onChange} />
      <IconButton icon={X} size="sm" label={t('views:dialog.removeLine', { what })} onClick={onRemove} />
    </li>
  )
}

function Value({
  condition,
  what,
  fields,
  onChange,
}: {
  condition: Condition
  what: string
  fields: readonly Field[]
  onChange: (condition: Condition) => void
}): ReactNode {
  const mailboxes = useMailboxes()
  const people = usePeople()
  const tags = useTags()
  switch (condition.on) {
    case 'status':
      return (
        <Several
          label={what}
          choices={statuses.map((id) => ({ id, label: t(`status.${id}`) }))}
          any={condition.any}
          onChange={(any) => onChange({ ...condition, any: statuses.filter((one) => any.includes(one)) })}
        />
      )
    case 'mailbox':
      return (
        <Several
          label={what}
          choices={mailboxes.map(({ address, name }) => ({ id: address, label: name }))}
          any={condition.any}
          onChange={(any) => onChange({ ...condition, any })}
        />
      )
    case 'assignee':
      return (
        <Several
          label={what}
          any={condition.any}
          onChange={(any) => onChange({ ...condition, any })}
          choices={[
            { id: 'me', label: t('views:me') },
            { id: 'my-groups', label: t('views:myGroups') },
            { id: 'nobody', label: t('views:nobody') },
            ...[...(people?.people ?? []), ...(people?.groups ?? [])].map(({ id, name }) => ({
              id,
              label: name || t('work:you'),
            })),
          ]}
        />
      )
    case 'tag':
      return (
        <span className="x g1 cond-value">
          <Select
            aria-label={t('views:isLabel')}
            value={condition.not ? 'none' : 'any'}
            options={[
              { value: 'any', label: t('views:hasAny') },
              { value: 'none', label: t('views:hasNone') },
            ]}
            onChange={(event) => onChange({ ...condition, not: event.target.value === 'none' })}
          />
          <Several
            label={what}
            choices={tags.map(({ name, label }) => ({ id: name, label }))}
            any={condition.any}
            onChange={(any) => onChange({ ...condition, any })}
          />
        </span>
      )
    case 'customer':
    case 'text': {
      const label = t(condition.on === 'customer' ? 'views:customer' : 'views:words')
      return (
        <Input
          className="cond-value"
          aria-label={label}
          placeholder={label}
          dir="auto"
          maxLength={200}
          value={condition.text}
          onChange={(event) => onChange({ ...condition, text: event.target.value })}
        />
      )
    }
    case 'waiting':
      return (
        <span className="x g1 cond-value">
          <Input
            type="number"
            min={1}
            max={10_000}
            aria-label={t('views:waiting')}
            value={String(condition.hours)}
            onChange={(event) =>
              onChange({ ...condition, hours: Math.max(0, Math.floor(Number(event.target.value) || 0)) })
            }
          />
          <span className="t2 nowrap">{t('views:hours')}</span>
        </span>
      )
    case 'field':
      return <FieldValue condition={condition} fields={fields} onChange={onChange} />
    case 'unread':
    case 'snoozed':
    case 'followed':
      return <span className="t2 cond-value">{t(`views:always.${condition.on}`)}</span>
  }
}

function FieldValue({
  condition,
  fields,
  onChange,
}: {
  condition: Extract<Condition, { on: 'field' }>
  fields: readonly Field[]
  onChange: (condition: Condition) => void
}) {
  const field = fields.find(({ name }) => name === condition.field)
  const ordered = field?.kind === 'number' || field?.kind === 'date'
  const asks = condition.is !== 'filled' && condition.is !== 'empty'
  const put = (text: string) =>
    onChange({ ...condition, value: text === '' ? null : field?.kind === 'number' ? Number(text) : text })
  const value = condition.value === null || condition.value === undefined ? '' : String(condition.value)
  return (
    <span className="x g1 cond-value">
      <Select
        aria-label={t('views:whichField')}
        value={condition.field}
        options={fields.map(({ name, label }) => ({ value: name, label }))}
        onChange={(event) => onChange({ on: 'field', field: event.target.value, is: 'filled', value: null })}
      />
      <Select
        aria-label={t('views:isLabel')}
        value={condition.is}
        options={comparisons
          .filter((is) => ordered || (is !== 'above' && is !== 'below'))
          .map((is) => ({ value: is, label: t(`views:is.${is}`) }))}
        onChange={(event) => {
          const is = comparisons.find((one) => one === event.target.value)
          if (is) onChange({ ...condition, is })
        }}
      />
      {asks &&
        (field?.kind === 'choice' ? (
          <Select
            aria-label={t('views:value')}
            value={value}
            options={[
              { value: '', label: t('views:choose') },
              ...field.choices.map((one) => ({ value: one, label: one })),
            ]}
            onChange={(event) => put(event.target.value)}
          />
        ) : (
          <Input
            type={field?.kind === 'number' ? 'number' : field?.kind === 'date' ? 'date' : 'text'}
            step="any"
            aria-label={t('views:value')}
            dir="auto"
            maxLength={1000}
            value={value}
            onChange={(event) => put(event.target.value)}
          />
        ))}
    </span>
  )
}
