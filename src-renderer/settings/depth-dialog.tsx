import { Lock } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput, Mailbox, MailboxDepth } from '../../src-preload/contract'
import { keepsLess } from '../../src-preload/contract/depth'
import { call } from '../client'
import { useQuery } from '../live'
import { showToast } from '../state/toast'
import { t } from '../text'
import { numberText, sizeText } from '../text/time'
import { ActDialog } from '../ui/act-dialog'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Segmented, Select } from '../ui/field'
import { useFinish } from '../ui/use-finish'

const kinds = ['all', 'months', 'headers'] as const
const megabytes = [1, 5, 25]
const mb = 1024 * 1024

type Beyond = CallOutput<'mailboxes.freeable'>

/** How much of a mailbox is kept on this computer, and what it takes up. */
export function DepthDialog({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const [depth, setDepth] = useState<MailboxDepth>(mailbox.depth)
  const [months, setMonths] = useState(String(mailbox.depth.months))
  const usage = useQuery('mailboxes.usage', { id: mailbox.id }, { topics: [] }).data
  const policy = useQuery('policy.get', {}, { topics: ['settings'] }).data
  const who = policy?.managedBy ?? t('depth:it')
  const count = Number(months)
  const badMonths = depth.bodies === 'months' && (!Number.isInteger(count) || count < 1 || count > 240)
  const limits = [...new Set([...megabytes, ...(depth.largest === null ? [] : [depth.largest / mb])])].toSorted(
    (a, b) => a - b,
  )
  const wanted = {
    ...depth,
    months: badMonths || !Number.isInteger(count) ? depth.months : Math.min(240, Math.max(1, count)),
  }
  const [beyond, setBeyond] = useState<Beyond | null>(null)
  const keep = async (free: boolean) => {
    await call('mailboxes.setDepth', { id: mailbox.id, depth: wanted, free })
    const text =
      free && beyond ? t('depth:freed', { size: sizeText(beyond.bytes) }) : t('depth:kept', { name: mailbox.name })
    showToast({
      text,
      undo: async () => {
        await call('mailboxes.setDepth', { id: mailbox.id, depth: mailbox.depth })
      },
    })
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
      ready={!badMonths}
      work={askOrKeep}
      onClose={onClose}
    >
      {policy?.policy.mailDepthMonths !== undefined && (
        <Banner kind="plain" icon={Lock}>
          {policy.policy.mailDepthMonths === 0
            ? t('depth:managedHeaders', { who })
            : t('depth:managedMonths', { who, months: policy.policy.mailDepthMonths })}
        </Banner>
      )}
      {policy?.policy.mailDepthMegabytes !== undefined && (
        <Banner kind="plain" icon={Lock}>
          {t('depth:managedMegabytes', { who, mb: policy.policy.mailDepthMegabytes })}
        </Banner>
      )}
      <Field label={t('depth:bodies')} hint={depth.bodies === 'all' ? undefined : t('depth:headersHint')}>
        {(ids) => (
          <Select
            {...ids}
            value={depth.bodies}
            onChange={(event) =>
              setDepth({ ...depth, bodies: kinds.find((kind) => kind === event.target.value) ?? 'all' })
            }
            options={kinds.map((kind) => ({ value: kind, label: t(`depth:${kind}`) }))}
          />
        )}
      </Field>
      {depth.bodies === 'months' && (
        <Field label={t('depth:monthsField')} error={badMonths ? t('depth:monthsBad') : undefined}>
          {(ids) => (
            <Input
              {...ids}
              value={months}
              inputMode="numeric"
              autoComplete="off"
              onChange={(event) => setMonths(event.target.value)}
            />
          )}
        </Field>
      )}
      {depth.bodies !== 'headers' && (
        <Field label={t('depth:largest')} hint={t('depth:largestHint')}>
          {(ids) => (
            <Select
              {...ids}
              value={depth.largest === null ? '' : String(depth.largest / mb)}
              onChange={(event) =>
                setDepth({ ...depth, largest: event.target.value === '' ? null : Number(event.target.value) * mb })
              }
              options={[
                { value: '', label: t('depth:largestAny') },
                ...limits.map((n) => ({ value: String(n), label: t('depth:largestOver', { mb: numberText(n) }) })),
              ]}
            />
          )}
        </Field>
      )}
      <div className="y g1">
        <span className="medium">{t('depth:pace')}</span>
        <Segmented
          label={t('depth:pace')}
          value={depth.pace}
          onChange={(pace) => setDepth({ ...depth, pace })}
          options={(['auto', 'gentle', 'full'] as const).map((value) => ({ value, label: t(`depth:paces.${value}`) }))}
        />
        <p className="hint">{t('depth:paceHint')}</p>
      </div>
      <div className="y g1" role="status">
        <span className="medium">{t('depth:usage')}</span>
        <span className="t2 num sel">
          {usage
            ? [
                t('depth:usageText', { size: sizeText(usage.bytes), messages: numberText(usage.messages) }),
                ...(usage.partial > 0
                  ? [t('depth:usagePartial', { count: usage.partial, n: numberText(usage.partial) })]
                  : []),
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
      description={t('depth:freeText', { count: beyond.messages, n: numberText(beyond.messages) })}
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
