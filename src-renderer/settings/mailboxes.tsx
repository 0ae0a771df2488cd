import { AtSign, FileUp, HardDrive, Mail, Pause, Pencil, Play, Plus, RefreshCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Mailbox, MailboxSync } from '../../src-preload/contract'
import { managedMailbox } from '../../src-preload/contract/managed'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { goAddMailbox, goSettings } from '../state/places'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { numberText } from '../text/numbers'
import { Avatar } from '../ui/avatar'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { CardTable } from '../ui/card-table'
import { EmptyState } from '../ui/empty-state'
import { LockMark } from '../ui/lock-mark'
import { MoreMenu } from '../ui/menu'
import { Page } from '../ui/page'
import { DepthDialog } from './depth-dialog'
import { ExportDialog } from './export-dialog'
import { OauthClients } from './oauth-clients'
import { ActDialog } from '../ui/act-dialog'
import './settings.css'

function stateText(sync: MailboxSync): string {
  return sync.state === 'syncing'
    ? t('settings:mailboxes.states.syncing', { done: numberText(sync.done), total: numberText(sync.total) })
    : t(`settings:mailboxes.states.${sync.state}`)
}

function State({ mailbox, sync }: { mailbox: Mailbox; sync: MailboxSync | undefined }) {
  if (mailbox.paused) return <span className="chip sm">{t('settings:mailboxes.states.paused')}</span>
  if (!sync) return null
  const bad = sync.state === 'auth-failed' || sync.state === 'error'
  return (
    <>
      <span className={`chip sm${bad ? ' bad' : sync.state === 'idle' ? ' good' : ''}`}>{stateText(sync)}</span>
      {sync.error && <div className="meta t2 state-why">{errorText(sync.error)}</div>}
    </>
  )
}

function Remove({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const remove = async () => {
    await call('app.removeMailbox', { id: mailbox.id })
    showToast({ text: t('settings:mailboxes.removed', { name: mailbox.name }) })
  }
  return (
    <ActDialog
      title={t('settings:mailboxes.removeTitle', { name: mailbox.name })}
      description={t('settings:mailboxes.removeText', { address: mailbox.address })}
      act={t('settings:mailboxes.removeDo')}
      acting={t('settings:mailboxes.removing')}
      danger
      work={remove}
      onClose={onClose}
    >
      <Banner kind="good">{t('settings:mailboxes.removeServer')}</Banner>
    </ActDialog>
  )
}

/** The mailboxes of the workspace: how they stand, and what can be done with them. */
export function Mailboxes({ mailboxes }: { mailboxes: readonly Mailbox[] }) {
  const syncs = useQuery('sync.status', {}).data?.mailboxes ?? []
  const [removing, setRemoving] = useState<Mailbox | null>(null)
  const [storage, setStorage] = useState<Mailbox | null>(null)
  const [exporting, setExporting] = useState<Mailbox | null>(null)
  const policy = useQuery('policy.get', {}).data?.policy
  const isManaged = ({ address }: Mailbox) => policy !== undefined && managedMailbox(policy, address) !== undefined
  const quietly = (work: Promise<unknown>) => void work.catch(tellFailure)
  return (
    <Page
      title={t('settings:pages.mailboxes')}
      end={
        <Button icon={Plus} kind="primary" onClick={goAddMailbox}>
          {t('settings:mailboxes.add')}
        </Button>
      }
    >
      {mailboxes.length === 0 ? (
        <div className="card">
          <EmptyState
            icon={Mail}
            title={t('settings:mailboxes.empty')}
            action={
              <Button icon={Plus} onClick={goAddMailbox}>
                {t('settings:mailboxes.add')}
              </Button>
            }
          />
        </div>
      ) : (
        <CardTable
          heads={[t('settings:mailboxes.name'), t('settings:mailboxes.server'), t('settings:mailboxes.state')]}
          acts={t('settings:mailboxes.acts')}
        >
          {mailboxes.map((mailbox) => (
            <tr key={mailbox.id}>
              <td>
                <div className="x g3">
                  <Avatar name={mailbox.name} seed={mailbox.address} square />
                  <div className="cut">
                    <bdi className="medium">{mailbox.name}</bdi> {isManaged(mailbox) && <LockMark />}
                    <div className="meta t3 cut">
                      <bdi>{mailbox.address.endsWith('.invalid') ? '' : mailbox.address}</bdi>
                    </div>
                  </div>
                </div>
              </td>
              <td className="t2">
                {mailbox.local ? (
                  <div className="meta">{t('settings:mailboxes.localOnly')}</div>
                ) : (
                  <>
                    <div className="meta" dir="ltr">
                      {mailbox.imap.host}:{mailbox.imap.port}
                    </div>
                    <div className="meta" dir="ltr">
                      {mailbox.smtp.host}:{mailbox.smtp.port}
                    </div>
                  </>
                )}
              </td>
              <td>
                <State mailbox={mailbox} sync={syncs.find((one) => one.mailboxId === mailbox.id)} />
              </td>
              <td className="r">
                <MoreMenu
                  label={t('settings:mailboxes.more', { name: mailbox.name })}
                  items={[
                    ...(mailbox.local
                      ? []
                      : [
                          {
                            label: t('settings:mailboxes.edit'),
                            icon: Pencil,
                            onSelect: () => goSettings(`mailboxes/${mailbox.id}`),
                          },
                          {
                            label: t('identity:menu'),
                            icon: AtSign,
                            onSelect: () => goSettings(`mailboxes/identity-${mailbox.id}`),
                          },
                          ...(mailbox.paused
                            ? []
                            : [
                                {
                                  label: t('settings:mailboxes.sync'),
                                  icon: RefreshCw,
                                  onSelect: () => quietly(call('sync.now', { mailboxId: mailbox.id })),
                                },
                              ]),
                          {
                            label: t(mailbox.paused ? 'settings:mailboxes.resume' : 'settings:mailboxes.pause'),
                            icon: mailbox.paused ? Play : Pause,
                            onSelect: () =>
                              quietly(call('mailboxes.pause', { id: mailbox.id, paused: !mailbox.paused })),
                          },
                          { label: t('depth:menu'), icon: HardDrive, onSelect: () => setStorage(mailbox) },
                        ]),
                    { label: t('settings:mailboxes.export'), icon: FileUp, onSelect: () => setExporting(mailbox) },
                    'separator',
                    {
                      label: t('settings:mailboxes.remove'),
                      icon: Trash2,
                      danger: true,
                      disabled: isManaged(mailbox),
                      onSelect: () => setRemoving(mailbox),
                    },
                  ]}
                />
              </td>
            </tr>
          ))}
        </CardTable>
      )}
      {storage && <DepthDialog mailbox={storage} onClose={() => setStorage(null)} />}
      {exporting && <ExportDialog mailboxes={mailboxes} mailboxId={exporting.id} onClose={() => setExporting(null)} />}
      <OauthClients />
      {removing && <Remove mailbox={removing} onClose={() => setRemoving(null)} />}
    </Page>
  )
}
