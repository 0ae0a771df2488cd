import { useState } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { earliest, noticeDays, noticeOf, type RegisterKind } from '../../src-preload/contract/processors'
import { call, type CallError } from '../client'
import { tellDone } from '../state/acts'
import { t } from '../text'
import { calendarText } from '../text/time'
import { ActDialog } from '../ui/act-dialog'
import { Field, Input, LabelField, TextArea } from '../ui/field'

type Entry = CallOutput<'register.list'>['entries'][number]

const words = (error: CallError) =>
  error.code === 'conflict'
    ? t('register:edit.twin')
    : error.detail['what'] === 'days'
      ? t('register:edit.backwards')
      : undefined

function LineField({
  label,
  onSet,
  ...input
}: {
  label: string
  value: string
  type?: 'date'
  maxLength?: number
  onSet: (value: string) => void
}) {
  return (
    <Field label={label}>
      {(ids) => <Input dir="auto" {...ids} {...input} onChange={(event) => onSet(event.target.value)} />}
    </Field>
  )
}

/** Adds or changes an entry; whether people have the notice that is promised stands there before it is kept. */
export function EditEntry({
  edited,
  today,
  onClose,
}: {
  edited: Entry | RegisterKind
  today: string
  onClose: () => void
}) {
  const entry = typeof edited === 'string' ? null : edited
  const kind = typeof edited === 'string' ? edited : edited.kind
  const isPolicy = kind === 'policy'
  const [label, setLabel] = useState(entry?.label ?? '')
  const [purpose, setPurpose] = useState(entry?.purpose ?? '')
  const [data, setData] = useState(entry?.data ?? '')
  const [place, setPlace] = useState(entry?.place ?? '')
  const [announced, setAnnounced] = useState(entry ? (entry.announced ?? '') : today)
  const [from, setFrom] = useState(entry ? (entry.from ?? '') : earliest(today))
  const days = { announced: announced === '' ? null : announced, from: from === '' ? null : from }
  const notice = noticeOf(days)
  const save = async () => {
    await tellDone(
      t('register:saved', { label: label.trim() }),
      call('register.save', { name: entry?.name ?? null, kind, label, purpose, data, place, ...days }),
    )
  }
  return (
    <ActDialog
      title={t(entry ? `register:edit.${kind}Change` : `register:edit.${kind}`)}
      act={t('register:edit.save')}
      ready={label.trim() !== '' && (notice === null || notice >= 0)}
      work={save}
      words={words}
      onClose={onClose}
    >
      <LabelField
        label={t(isPolicy ? 'register:edit.version' : 'register:edit.label')}
        value={label}
        onSet={setLabel}
      />
      <Field label={t(isPolicy ? 'register:edit.changes' : 'register:edit.purpose')}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={2}
            maxLength={500}
            dir="auto"
            value={purpose}
            onChange={(event) => setPurpose(event.target.value)}
          />
        )}
      </Field>
      {!isPolicy && (
        <>
          <LineField label={t('register:edit.data')} value={data} maxLength={300} onSet={setData} />
          <LineField label={t('register:edit.place')} value={place} maxLength={100} onSet={setPlace} />
        </>
      )}
      <LineField type="date" label={t('register:edit.announced')} value={announced} onSet={setAnnounced} />
      <LineField
        type="date"
        label={t(isPolicy ? 'register:edit.inForce' : 'register:edit.from')}
        value={from}
        onSet={setFrom}
      />
      {notice !== null && notice < noticeDays && (
        <p className="hint bad" role="status">
          {notice < 0
            ? t('register:edit.backwards')
            : t('register:edit.early', {
                notice: t('register:days', { count: notice }),
                days: noticeDays,
                day: calendarText(earliest(announced)),
              })}
        </p>
      )}
    </ActDialog>
  )
}
