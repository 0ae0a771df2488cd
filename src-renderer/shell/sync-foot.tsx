import { AlertTriangle, Cloud, CloudOff, Pause } from 'lucide-react'
import { useState } from 'react'
import type { FolderStatus, Mailbox, MailboxSync, SyncStatus } from '../../src-preload/contract'
import { folderDiffers, isStale, lacksMail } from '../../src-preload/contract/completeness'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { goSettings } from '../state/places'
import { errorText, t } from '../text'
import { agoText, messageTime } from '../text/time'
import { numberText } from '../text/numbers'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Popover } from '../ui/popover'
import { Spinner } from '../ui/spinner'
import { syncWords, type SyncWords } from './sync-words'

/** How the sync stands, as a live region; a click shows every mailbox and its folders. */
export function SyncFoot({ sync, mailboxes }: { sync: SyncStatus | undefined; mailboxes: readonly Mailbox[] }) {
  const now = useNow()
  const [open, setOpen] = useState(false)
  const stopped = useQuery('app.state', {}).data?.stopped.includes('mail') === true
  const words: SyncWords = stopped
    ? { state: 'error', text: t('common:sync.stopped'), end: '' }
    : syncWords(sync, mailboxes, now)
  const mark = {
    nothing: <Icon icon={Cloud} />,
    'up-to-date': <Icon icon={Cloud} />,
    paused: <Icon icon={Pause} />,
    offline: <Icon icon={CloudOff} />,
    syncing: <Spinner share={words.share ?? null} />,
    error: (
      <span className="bad">
        <Icon icon={AlertTriangle} />
      </span>
    ),
    stale: (
      <span className="warn">
        <Icon icon={AlertTriangle} />
      </span>
    ),
    differs: (
      <span className="warn">
        <Icon icon={AlertTriangle} />
      </span>
    ),
  }[words.state]
  const loud = !['nothing', 'up-to-date', 'paused', 'syncing'].includes(words.state)
  return (
    <div role="status" aria-label={t('common:sync.label')}>
      <Popover
        open={open}
        onOpenChange={setOpen}
        side="top"
        align="start"
        label={t('common:sync.details')}
        trigger={
          <button
            type="button"
            className={`nav${loud ? ' warnfoot' : ''}`}
            data-tip={[words.text, words.end].filter(Boolean).join(' ')}
          >
            {mark}
            <span className="meta cut">{words.text}</span>{' '}
            {/* counts and times change all the time: seen, but not read out */}
            {words.end && (
              <span className="n" aria-hidden={words.state === 'offline' ? undefined : true}>
                {words.end}
              </span>
            )}
          </button>
        }
      >
        <div className="syncs">
          {sync?.mailboxes.map((one) => (
            <MailboxDetail
              key={one.mailboxId}
              sync={one}
              mailbox={mailboxes.find((mailbox) => mailbox.id === one.mailboxId)}
              now={now}
              onLeave={() => setOpen(false)}
            />
          ))}
          {(sync?.mailboxes.length ?? 0) === 0 && <p className="t2">{t('common:sync.nothing')}</p>}
        </div>
      </Popover>
    </div>
  )
}

async function tryOr(does: () => Promise<unknown>): Promise<void> {
  try {
    await does()
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function MailboxDetail({
  sync,
  mailbox,
  now,
  onLeave,
}: {
  sync: MailboxSync
  mailbox: Mailbox | undefined
  now: number
  onLeave: () => void
}) {
  const id = sync.mailboxId
  const name = mailbox?.name ?? ''
  const paused = sync.state === 'paused'
  const bad = sync.state === 'auth-failed' || sync.state === 'error'
  const lacks = sync.state === 'idle' && lacksMail(sync, now)
  const stands =
    sync.state === 'syncing' && sync.total > 0
      ? t('common:sync.progress', { done: numberText(sync.done), total: numberText(sync.total) })
      : sync.state === 'idle' && sync.syncedAt !== null
        ? agoText(sync.syncedAt, now)
        : ''
  return (
    <section className="syncbox y" aria-label={name}>
      <div className="x">
        <span className="strong cut">
          <bdi>{name}</bdi>
        </span>
        <span className={`meta push nowrap ${bad ? 'bad' : lacks ? 'warn' : 't3'}`}>
          {[lacks ? t('common:sync.differs') : t(`common:sync.state.${sync.state}`), stands].filter(Boolean).join(', ')}
        </span>
      </div>
      {sync.state === 'offline' && sync.error && <p className="meta t2">{errorText(sync.error)}</p>}
      {bad && (
        <p className="meta t2">
          {errorText(sync.error ?? { code: sync.state === 'auth-failed' ? 'auth-refused' : 'internal' })}
        </p>
      )}
      {!bad && !paused && sync.syncedAt !== null && isStale(sync, now) && (
        <p className="meta warn">{t('common:sync.staleLong', { time: messageTime(sync.syncedAt, now) })}</p>
      )}
      {sync.slowed && sync.state === 'syncing' && (
        <p className="meta t2">
          {t('depth:slowed')}
          {mailbox && (
            <>
              {' '}
              <button
                type="button"
                className="link"
                onClick={() =>
                  void tryOr(() => call('mailboxes.setDepth', { id, depth: { ...mailbox.depth, pace: 'full' } }))
                }
              >
                {t('depth:fullSpeed')}
              </button>
            </>
          )}
        </p>
      )}
      {sync.leftOut !== undefined && <p className="meta warn">{t('common:sync.leftOut', { count: sync.leftOut })}</p>}
      <ul className="folderlines">
        {sync.folders.map((folder) => (
          <FolderLine key={folder.id} folder={folder} now={now} />
        ))}
      </ul>
      <div className="x">
        <Button size="sm" disabled={paused} onClick={() => void tryOr(() => call('sync.now', { mailboxId: id }))}>
          {t('common:sync.now')}
        </Button>
        <Button size="sm" onClick={() => void tryOr(() => call('mailboxes.pause', { id, paused: !paused }))}>
          {t(paused ? 'common:sync.resume' : 'common:sync.pause')}
        </Button>
        {bad && (
          <Button
            size="sm"
            onClick={() => {
              onLeave()
              goSettings(`mailboxes/${id}`)
            }}
          >
            {t('common:sync.openSettings')}
          </Button>
        )}
      </div>
    </section>
  )
}

/** One line of the ledger: what the server counts, what is here, when that was compared; loud when it differs. */
function FolderLine({ folder, now }: { folder: FolderStatus; now: number }) {
  const differs = folderDiffers(folder, now)
  const lacking = Math.max(folder.missing, folder.serverCount - folder.localCount)
  const compared =
    folder.verifiedAt === null
      ? t('common:sync.unverified')
      : t('common:sync.verified', { time: messageTime(folder.verifiedAt, now) })
  return (
    <li className="meta folderline">
      <span className="cut" data-tip={folder.path}>
        <bdi>{folder.role === 'other' ? folder.path : t(`common:folderRole.${folder.role}`)}</bdi>
      </span>
      <span className={`num ${differs ? 'warn medium' : 't2'}`}>
        {t('common:sync.folder', { server: numberText(folder.serverCount), local: numberText(folder.localCount) })}
      </span>
      <span className="t3 num" data-tip={compared}>
        {folder.checkedAt === null
          ? t('common:sync.neverChecked')
          : t('common:sync.checked', { time: messageTime(folder.checkedAt, now) })}
      </span>
      {folder.checking > 0 && (
        <span className="t2 folderword">{t('common:sync.folderChecking', { count: folder.checking })}</span>
      )}
      {(differs || folder.refused) && (
        <span className="warn folderword">
          {folder.refused
            ? t('common:sync.folderRefused', { count: folder.localCount })
            : lacking > 0
              ? t('common:sync.folderMissing', { count: lacking })
              : t('common:sync.folderExtra', { count: folder.localCount - folder.serverCount })}
        </span>
      )}
    </li>
  )
}
