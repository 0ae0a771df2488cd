import { FileDown, FileUp, FolderUp, X } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput, Mailbox, Transfer } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { goView } from '../state/places'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Button, IconButton } from '../ui/button'
import { Time } from '../ui/time'
import { ExportDialog } from './export-dialog'
import { ImportDialog } from './import-dialog'
import { Page } from '../ui/page'
import { Group, Row } from './row'
import { hasFiles, hasMail, resultText } from './transfer-words'
import './settings.css'
import { useMailboxes } from '../work/mailboxes'

type Choice = NonNullable<CallOutput<'app.chooseImport'>>

/** Mail from files and into files, and how far each is. */
export function Transfers() {
  const mailboxes = useMailboxes()
  const transfers = useQuery('transfers.list', {}).data?.transfers
  const [choice, setChoice] = useState<Choice | null>(null)
  const [exporting, setExporting] = useState(false)
  const choose = async (what: 'files' | 'folder') => {
    try {
      setChoice(await call('app.chooseImport', { what }))
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  return (
    <Page title={t('transfers:title')}>
      <Group>
        <Row title={t('transfers:import')} text={t('transfers:importText')}>
          {() => (
            <span className="x g2">
              <Button icon={FileDown} onClick={() => void choose('files')}>
                {t('transfers:files')}
              </Button>
              <Button icon={FolderUp} onClick={() => void choose('folder')}>
                {t('transfers:folder')}
              </Button>
            </span>
          )}
        </Row>
        <Row
          title={t('transfers:export')}
          text={mailboxes.length === 0 ? t('transfers:noMailbox') : t('transfers:exportText')}
        >
          {() => (
            <Button icon={FileUp} disabled={mailboxes.length === 0} onClick={() => setExporting(true)}>
              {t('transfers:exportDo')}
            </Button>
          )}
        </Row>
      </Group>
      <Group title={t('transfers:list')}>
        {transfers?.length === 0 && (
          <div className="set">
            <p>{t('transfers:empty')}</p>
          </div>
        )}
        {transfers?.map((one) => (
          <TransferRow key={one.id} transfer={one} mailbox={mailboxes.find(({ id }) => id === one.mailboxId)} />
        ))}
      </Group>
      {choice && <ImportDialog choice={choice} mailboxes={mailboxes} onClose={() => setChoice(null)} />}
      {exporting && <ExportDialog mailboxes={mailboxes} onClose={() => setExporting(false)} />}
    </Page>
  )
}

function TransferRow({ transfer, mailbox }: { transfer: Transfer; mailbox: Mailbox | undefined }) {
  const { id, kind, state, done, total, messages } = transfer
  const name = t(`transfers:kinds.${kind}`, { name: transfer.name })
  const percent = total === 0 ? 0 : Math.min(100, Math.floor((done / total) * 100))
  const quietly = (work: Promise<unknown>) => void work.catch(tellFailure)
  return (
    <div className="set transfer">
      <div className="grow">
        <div className="medium cut sel">
          <bdi>{name}</bdi>
        </div>
        {state === 'running' ? (
          <>
            <div
              className="bar"
              role="progressbar"
              aria-label={name}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={percent}
            >
              <i style={{ inlineSize: `${percent}%` }} />
            </div>
            <p className="num">
              {kind === 'import'
                ? t('transfers:importing', { messages: numberText(messages), percent })
                : t('transfers:exporting', { messages: numberText(messages), total: numberText(total) })}
            </p>
          </>
        ) : (
          <p className="sel">{resultText(transfer)}</p>
        )}
      </div>
      <span className={`chip sm${state === 'failed' ? ' bad' : state === 'done' ? ' good' : ''}`}>
        {t(`transfers:states.${state}`)}
      </span>
      <Time at={transfer.endedAt ?? transfer.startedAt} form="message" className="t3 meta nowrap" />
      {(state === 'running' || transfer.waiting > 0) && (
        <Button size="sm" onClick={() => quietly(call('transfers.cancel', { id }))}>
          {t('transfers:cancel')}
        </Button>
      )}
      {state !== 'running' && hasFiles(transfer) && (
        <Button size="sm" onClick={() => quietly(call('app.showExport', { id }))}>
          {t('transfers:show')}
        </Button>
      )}
      {state !== 'running' && hasMail(transfer) && mailbox && (
        <Button size="sm" onClick={() => goView('closed', mailbox.id)}>
          {t('transfers:openMailbox')}
        </Button>
      )}
      {state !== 'running' && (
        <IconButton
          icon={X}
          size="sm"
          label={t('transfers:forget')}
          onClick={() => quietly(call('transfers.forget', { id }))}
        />
      )}
    </div>
  )
}
