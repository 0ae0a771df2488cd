import { isMailboxAddress } from '../../src-preload/contract/address'
import { useState } from 'react'
import type { CallOutput, Mailbox } from '../../src-preload/contract'
import { call } from '../client'
import { t } from '../text'
import { ActDialog } from '../ui/act-dialog'
import { Field, Input, Segmented, Select } from '../ui/field'

const kinds = ['new', 'archive', 'server'] as const
type ImportKind = (typeof kinds)[number]

/** Asks where the chosen mail goes. */
export function ImportDialog({
  choice,
  mailboxes,
  onClose,
}: {
  choice: NonNullable<CallOutput<'app.chooseImport'>>
  mailboxes: readonly Mailbox[]
  onClose: () => void
}) {
  const archives = mailboxes.filter(({ local }) => !local)
  const [kind, setKind] = useState<ImportKind>('new')
  const [name, setName] = useState<string>(
    choice.names[0]?.replace(/\.\w{1,5}$/, '') ?? t('transfers:mailboxNameDefault'),
  )
  const [address, setAddress] = useState('')
  const [mailboxId, setMailboxId] = useState(archives[0]?.id ?? 0)
  const badAddress = address.trim() !== '' && !isMailboxAddress(address.trim())
  const start = async () => {
    await call('app.startImport', {
      token: choice.token,
      target: kind === 'new' ? { kind, name: name.trim(), address: address.trim() || null } : { kind, mailboxId },
    })
  }
  return (
    <ActDialog
      onClose={onClose}
      title={
        choice.names.length > 1
          ? t('transfers:importSeveral', { count: choice.names.length - 1, name: choice.names[0] ?? '' })
          : t('transfers:importOne', { name: choice.names[0] ?? '' })
      }
      description={t(`transfers:${kind}Text`)}
      act={t('transfers:start')}
      ready={kind !== 'new' || (name.trim() !== '' && !badAddress)}
      work={start}
    >
      {archives.length > 0 && (
        <Segmented
          label={t('transfers:where')}
          value={kind}
          onChange={setKind}
          options={kinds.map((value) => ({ value, label: t(`transfers:targets.${value}`) }))}
        />
      )}
      {kind === 'new' ? (
        <>
          <Field label={t('transfers:mailboxName')}>
            {(ids) => (
              <Input
                {...ids}
                value={name}
                maxLength={80}
                dir="auto"
                autoComplete="off"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field
            label={t('transfers:address')}
            hint={t('transfers:addressHint')}
            error={badAddress ? t('transfers:addressBad') : undefined}
          >
            {(ids) => (
              <Input
                {...ids}
                value={address}
                dir="ltr"
                autoComplete="off"
                onChange={(event) => setAddress(event.target.value)}
              />
            )}
          </Field>
        </>
      ) : (
        <Field label={t('transfers:mailbox')}>
          {(ids) => (
            <Select
              {...ids}
              value={String(mailboxId)}
              onChange={(event) => setMailboxId(Number(event.target.value))}
              options={archives.map((one) => ({ value: String(one.id), label: `${one.name} (${one.address})` }))}
            />
          )}
        </Field>
      )}
    </ActDialog>
  )
}
