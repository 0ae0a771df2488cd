import { Lock } from 'lucide-react'
import { useState } from 'react'
import type { MailboxDepth } from '../../src-preload/contract'
import { managedMailbox } from '../../src-preload/contract/managed'
import { useQuery } from '../live'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Banner } from '../ui/banner'
import { Field, Input, Segmented, Select } from '../ui/field'

const kinds = ['all', 'months', 'headers'] as const
const megabytes = [1, 5, 25]
const mb = 1024 * 1024

/** What the fields hold while they are typed in. `wanted` null: what stands in the field of months is no number of months. */
export interface DepthForm {
  readonly depth: MailboxDepth
  readonly months: string
  readonly wanted: MailboxDepth | null
  readonly change: (depth: MailboxDepth) => void
  readonly typeMonths: (months: string) => void
}

export function useDepthForm(begin: MailboxDepth): DepthForm {
  const [depth, change] = useState(begin)
  const [months, typeMonths] = useState(String(begin.months))
  const count = Number(months)
  const good = Number.isInteger(count) && count >= 1 && count <= 240
  const wanted = depth.bodies !== 'months' ? depth : good ? { ...depth, months: count } : null
  return { depth, months, wanted, change, typeMonths }
}

/** How much of a mailbox is kept on this computer, with what the organisation allows of it or has set. `address`: of one that is there. */
export function DepthFields({ form, address }: { form: DepthForm; address?: string }) {
  const { depth, months, wanted, change, typeMonths } = form
  const policy = useQuery('policy.get', {}).data
  const who = policy?.managedBy ?? t('depth:it')
  const isSet =
    policy !== undefined && address !== undefined && managedMailbox(policy.policy, address)?.depth !== undefined
  const limits = [...new Set([...megabytes, ...(depth.largest === null ? [] : [depth.largest / mb])])].toSorted(
    (a, b) => a - b,
  )
  return (
    <>
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
      {isSet && (
        <Banner kind="plain" icon={Lock}>
          {t('depth:managedSet', { who })}
        </Banner>
      )}
      <Field label={t('depth:bodies')} hint={depth.bodies === 'all' ? undefined : t('depth:headersHint')}>
        {(ids) => (
          <Select
            {...ids}
            disabled={isSet}
            value={depth.bodies}
            onChange={(event) =>
              change({ ...depth, bodies: kinds.find((kind) => kind === event.target.value) ?? 'all' })
            }
            options={kinds.map((kind) => ({ value: kind, label: t(`depth:${kind}`) }))}
          />
        )}
      </Field>
      {depth.bodies === 'months' && (
        <Field label={t('depth:monthsField')} error={wanted === null ? t('depth:monthsBad') : undefined}>
          {(ids) => (
            <Input
              {...ids}
              value={months}
              disabled={isSet}
              inputMode="numeric"
              autoComplete="off"
              onChange={(event) => typeMonths(event.target.value)}
            />
          )}
        </Field>
      )}
      {depth.bodies !== 'headers' && (
        <Field label={t('depth:largest')} hint={depth.largest === null ? undefined : t('depth:largestHint')}>
          {(ids) => (
            <Select
              {...ids}
              disabled={isSet}
              value={depth.largest === null ? '' : String(depth.largest / mb)}
              onChange={(event) =>
                change({ ...depth, largest: event.target.value === '' ? null : Number(event.target.value) * mb })
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
        <span className="label">{t('depth:pace')}</span>
        <Segmented
          label={t('depth:pace')}
          value={depth.pace}
          onChange={(pace) => change({ ...depth, pace })}
          options={(['auto', 'gentle', 'full'] as const).map((value) => ({ value, label: t(`depth:paces.${value}`) }))}
        />
        <p className="hint">{t('depth:paceHint')}</p>
      </div>
    </>
  )
}
