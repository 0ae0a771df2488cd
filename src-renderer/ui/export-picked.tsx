import { useState } from 'react'
import type { MailFormat } from '../../src-preload/contract'
import { exportMail } from '../state/transfers'
import { t } from '../text'
import { Button } from './button'
import { Dialog } from './dialog'
import { FormatField } from './format-field'

/** Asks in which form conversations are written to files; then the system's dialog asks where. */
export function ExportPicked({ ids, onClose }: { ids: readonly number[]; onClose: () => void }) {
  const [format, setFormat] = useState<MailFormat>('mbox')
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('transfers:pickedTitle', { count: ids.length })}
      description={t('transfers:exportText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button
            size="lg"
            kind="primary"
            onClick={() => {
              onClose()
              void exportMail({ kind: 'conversations', ids: [...ids] }, format)
            }}
          >
            {t('transfers:chooseFolder')}
          </Button>
        </>
      }
    >
      <FormatField value={format} onChange={setFormat} />
    </Dialog>
  )
}
