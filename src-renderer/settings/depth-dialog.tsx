import { useState } from 'react'
import type { CallOutput, Mailbox } from '../../src-preload/contract'
import { keepsLess } from '../../src-preload/contract/depth'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { tellOnceDone } from '../state/toast'
import { t } from '../text'
import { numberText, sizeText } from '../text/numbers'
import { ActDialog } from '../ui/act-dialog'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { useFinish } from '../ui/use-finish'
import { DepthFields, useDepthForm } from '../work/depth-fields'

const setBack = ({ id, depth }: Mailbox) => call('mailboxes.setDepth', { id, depth }).then(() => undefined, tellFailure)

type Beyond = CallOutput<'mailboxes.freeable'>

/** How much of a mailbox is kept on this computer, and what it takes up. */
export function DepthDialog({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const form = useDepthForm(mailbox.depth)
  const wanted = form.wanted ?? mailbox.depth
  const usage = useQuery('mailboxes.usage', { id: mailbox.id }).data
  const [beyond, setBeyond] = useState<Beyond | null>(null)
  const keep = async (free: boolean) => {
    const text =
      free && beyond ? t('depth:freed', { size: sizeText(beyond.bytes) }) : t('depth:kept', { name: mailbox.name })
    await tellOnceDone(call('mailboxes.setDepth', { id: mailbox.id, depth: wanted, free }), () => ({
      text,
      undo: () => setBack(mailbox),
    }))
  }
  /** First it is asked what is to become of what is here beyond the new depth. */
  const askOrKeep = async () => {
    const found = keepsLess(wanted, mailbox.depth)
      ? await call('mailboxes.freeable', { id: mailbox.id, depth: wanted })
      : null
    if (found === null || found.messages === 0) return keep(false)
    setBeyond(found)
    return false
  }
  if (beyond) {
    return <FreeDialog beyond={beyond} keep={keep} onBack={() => setBeyond(null)} onClose={onClose} />
  }
  return (
    <ActDialog
      title={t('depth:title', { name: mailbox.name })}
      description={t('depth:text')}
      act={t('depth:keep')}
      ready={form.wanted !== null}
      work={askOrKeep}
      onClose={onClose}
    >
      <DepthFields form={form} address={mailbox.address} />
      <div className="y g1" role="status">
        <span className="label">{t('depth:usage')}</span>
        <span className="t2 num sel">
          {usage
            ? [
                t('depth:usageText', { size: sizeText(usage.bytes), messages: numberText(usage.messages) }),
                ...(usage.partial > 0 ? [t('depth:usagePartial', { count: usage.partial })] : []),
              ].join(', ')
            : t('depth:counting')}
        </span>
      </div>
    </ActDialog>
  )
}

/** What is here beyond the new depth: freed or kept. */
function FreeDialog({
  beyond,
  keep,
  onBack,
  onClose,
}: {
  beyond: Beyond
  keep: (free: boolean) => Promise<void>
  onBack: () => void
  onClose: () => void
}) {
  const { busy, failure, finish } = useFinish(onClose)
  const size = sizeText(beyond.bytes)
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('depth:freeTitle', { size })}
      description={t('depth:freeText', { count: beyond.messages })}
      foot={
        <>
          <Button size="lg" kind="ghost" onClick={onBack}>
            {t('depth:freeBack')}
          </Button>
          <Button size="lg" disabled={busy} onClick={() => finish(() => keep(false))}>
            {t('depth:freeNot')}
          </Button>
          <Button size="lg" kind="primary" busy={busy} onClick={() => finish(() => keep(true))}>
            {t('depth:freeDo', { size })}
          </Button>
        </>
      }
    >
      {failure !== null && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
