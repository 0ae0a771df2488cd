import { useState } from 'react'
import type { ExportScope, Mailbox, MailFormat } from '../../src-preload/contract'
import { useQuery } from '../live'
import { exportMail } from '../state/transfers'
import { t } from '../text'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Select } from '../ui/field'
import { FormatField } from '../ui/format-field'

/** Asks which mailbox or folder, and in which form; then the system's dialog asks where. */
export function ExportDialog({
  mailboxes,
  mailboxId: first,
  onClose,
}: {
  mailboxes: readonly Mailbox[]
  mailboxId?: number
  onClose: () => void
}) {
  const [mailboxId, setMailboxId] = useState(first ?? mailboxes[0]?.id ?? 0)
  const [folderId, setFolderId] = useState(0)
  const [format, setFormat] = useState<MailFormat>('mbox')
  const folders = useQuery('sync.status', {}).data?.mailboxes.find((one) => one.mailboxId === mailboxId)?.folders ?? []
  const folder = folders.some(({ id }) => id === folderId) ? folderId : 0
  const scope: ExportScope = folder === 0 ? { kind: 'mailbox', mailboxId } : { kind: 'folder', folderId: folder }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('transfers:exportTitle')}
      description={t('transfers:exportText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            size="lg"
            kind="primary"
            onClick={() => {
              onClose()
              void exportMail(scope, format)
            }}
          >
            {t('transfers:chooseFolder')}
          </Button>
        </>
      }
    >
      <Field label={t('transfers:mailbox')}>
        {(ids) => (
          <Select
            {...ids}
            value={String(mailboxId)}
            onChange={(event) => {
              setMailboxId(Number(event.target.value))
              setFolderId(0)
            }}
            options={mailboxes.map((one) => ({ value: String(one.id), label: one.name }))}
          />
        )}
      </Field>
      {folders.length > 0 && (
        <Field label={t('transfers:what')}>
          {(ids) => (
            <Select
              {...ids}
              value={String(folder)}
              onChange={(event) => setFolderId(Number(event.target.value))}
              options={[
                { value: '0', label: t('transfers:wholeMailbox') },
                ...folders.map(({ id, path }) => ({ value: String(id), label: path })),
              ]}
            />
          )}
        </Field>
      )}
      <FormatField value={format} onChange={setFormat} />
    </Dialog>
  )
}
