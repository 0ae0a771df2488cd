import type { Mailbox, MailboxIdentity, SendLimits } from '../../src-preload/contract'
import { useQuery } from '../live'
import { useNow } from '../state/clock'
import { goView } from '../state/places'
import { t } from '../text'
import { messageTime } from '../text/time'
import { numberText } from '../text/numbers'
import { Button } from '../ui/button'
import { Field, Input, Segmented, Select } from '../ui/field'
import { Group, Row } from './row'

const limitNames = ['perMinute', 'recipients', 'recipientsPerDay'] as const
const most = { perMinute: 10_000, recipients: 10_000, recipientsPerDay: 1_000_000 } as const

function LimitFields({ limits, onChange }: { limits: SendLimits; onChange: (limits: SendLimits) => void }) {
  return (
    <div className="set x g3 wrap limit-fields">
      {limitNames.map((name) => (
        <Field key={name} label={t(`identity:sending.${name}`)}>
          {(ids) => (
            <Input
              {...ids}
              type="number"
              inputMode="numeric"
              min={1}
              max={most[name]}
              defaultValue={limits[name]}
              onChange={(event) => {
                const count = event.target.valueAsNumber
                if (Number.isInteger(count) && count >= 1 && count <= most[name]) onChange({ ...limits, [name]: count })
              }}
              onBlur={(event) => {
                event.target.value = String(limits[name])
              }}
            />
          )}
        </Field>
      ))}
    </div>
  )
}

/** How a mailbox's mail leaves: through which account, how much at a time, and what waits. */
export function Sending({
  mailbox,
  others,
  onChange,
}: {
  mailbox: Mailbox
  others: readonly Mailbox[]
  onChange: (change: Partial<MailboxIdentity>) => void
}) {
  const { identity } = mailbox
  const now = useNow()
  const facts = useQuery('mailboxes.sending', { id: mailbox.id }).data
  const through = others.find((one) => one.id === identity.sendThrough)
  const shown = identity.limits ?? facts?.known
  return (
    <Group title={t('identity:sending.title')}>
      <Row title={t('identity:sending.through')} text={t('identity:sending.throughText')}>
        {(ids) => (
          <Select
            aria-labelledby={ids.labelledBy}
            aria-describedby={ids.describedBy}
            value={String(identity.sendThrough ?? '')}
            onChange={(event) =>
              onChange({ sendThrough: others.find((one) => String(one.id) === event.target.value)?.id ?? null })
            }
            options={[
              { value: '', label: t('identity:sending.own', { host: mailbox.smtp.host }) },
              ...others.map((one) => ({
                value: String(one.id),
                label: t('identity:sending.other', { name: one.name, host: one.smtp.host }),
              })),
            ]}
          />
        )}
      </Row>
      {through ? (
        <Row title={t('identity:sending.limits')} text={t('identity:sending.limitsOf', { name: through.name })}>
          {() => null}
        </Row>
      ) : (
        <Row
          title={t('identity:sending.limits')}
          text={
            shown
              ? t('identity:sending.limitsText', {
                  perMinute: numberText(shown.perMinute),
                  recipients: numberText(shown.recipients),
                  perDay: numberText(shown.recipientsPerDay),
                })
              : undefined
          }
        >
          {() => (
            <Segmented
              label={t('identity:sending.limits')}
              value={identity.limits === null ? 'known' : 'own'}
              onChange={(value) => onChange({ limits: value === 'own' ? (facts?.known ?? null) : null })}
              options={(['known', 'own'] as const).map((value) => ({
                value,
                label: t(`identity:sending.limitChoices.${value}`),
              }))}
            />
          )}
        </Row>
      )}
      {!through && identity.limits !== null && (
        <LimitFields limits={identity.limits} onChange={(limits) => onChange({ limits })} />
      )}
      <Row
        title={t('identity:sending.queue')}
        text={
          facts &&
          `${t('identity:sending.used', { minute: numberText(facts.lastMinute), day: numberText(facts.lastDay) })} ${facts.nextAt === null ? t('identity:sending.waiting', { count: facts.waiting }) : t('identity:sending.waitingUntil', { count: facts.waiting, time: messageTime(facts.nextAt, now) })}`
        }
      >
        {() => <Button onClick={() => goView('outbox')}>{t('identity:sending.outbox')}</Button>}
      </Row>
    </Group>
  )
}
