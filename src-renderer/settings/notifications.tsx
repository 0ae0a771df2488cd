import { useState } from 'react'
import type { Settings } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { t } from '../text'
import { Button } from '../ui/button'
import { Input, Select, Switch } from '../ui/field'
import { keep } from '../state/keep'
import { ValuesPage } from './page'
import { Group, Row } from './row'
import { useMailboxes } from '../work/mailboxes'

const kinds = ['all', 'new', 'mine', 'nothing'] as const
const events = [
  ['notifyMentions', 'mentions'],
  ['notifyGiven', 'given'],
  ['notifyGivenGroup', 'givenGroup'],
  ['notifyFollowed', 'followed'],
] as const
const two = (n: number): string => String(n).padStart(2, '0')
const timeOf = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
function minutesOf(time: string): number | null {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(time) ?? []
  return hours === undefined || minutes === undefined ? null : Number(hours) * 60 + Number(minutes)
}

async function tryIt(): Promise<void> {
  try {
    const { shown } = await call('app.notify', {
      title: t('settings:notifications.testTitle'),
      body: t('settings:notifications.testBody'),
      conversationId: null,
    })
    if (!shown) showToast({ text: t('settings:notifications.notShown'), kind: 'bad' })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** What this computer tells while Postern is not in front. */
export function Notifications() {
  return <ValuesPage title={t('settings:pages.notifications')}>{(values) => <Fields settings={values} />}</ValuesPage>
}

function Fields({ settings }: { settings: Settings }) {
  const mailboxes = useMailboxes()
  const { notifyNotFor } = settings
  return (
    <>
      <Group>
        <Row title={t('settings:notifications.what')} text={t('settings:notifications.whatHint')}>
          {({ labelledBy, describedBy }) => (
            <Select
              aria-labelledby={labelledBy}
              aria-describedby={describedBy}
              value={settings.notify}
              options={kinds.map((value) => ({ value, label: t(`settings:notifications.kinds.${value}`) }))}
              onChange={(event) => {
                const notify = kinds.find((kind) => kind === event.target.value)
                if (notify) void keep({ notify })
              }}
            />
          )}
        </Row>
        {events.map(([key, name]) => (
          <Row key={key} title={t(`settings:notifications.${name}`)} text={t(`settings:notifications.${name}Hint`)}>
            {({ labelledBy, describedBy }) => (
              <Switch
                on={settings[key]}
                disabled={settings.notify === 'nothing'}
                labelledBy={labelledBy}
                {...(describedBy === undefined ? {} : { describedBy })}
                onChange={(on) => void keep({ [key]: on })}
              />
            )}
          </Row>
        ))}
        <Row title={t('settings:notifications.content')} text={t('settings:notifications.contentHint')}>
          {({ labelledBy, describedBy }) => (
            <Switch
              on={settings.notifyContent}
              labelledBy={labelledBy}
              {...(describedBy === undefined ? {} : { describedBy })}
              onChange={(notifyContent) => void keep({ notifyContent })}
            />
          )}
        </Row>
        <Row title={t('settings:notifications.quiet')} text={t('settings:notifications.quietHint')}>
          {({ describedBy }) => (
            <span className="x tight">
              <Time
                name={t('settings:notifications.from')}
                describedBy={describedBy}
                value={settings.quietFrom}
                onChange={(quietFrom) => void keep({ quietFrom })}
              />
              <span className="t2">{t('settings:notifications.to')}</span>
              <Time
                name={t('settings:notifications.to')}
                describedBy={describedBy}
                value={settings.quietTo}
                onChange={(quietTo) => void keep({ quietTo })}
              />
            </span>
          )}
        </Row>
        <Row title={t('settings:notifications.test')} text={t('settings:notifications.testHint')}>
          {() => <Button onClick={() => void tryIt()}>{t('settings:notifications.testDo')}</Button>}
        </Row>
      </Group>
      {mailboxes.length > 1 && (
        <Group title={t('settings:notifications.mailboxes')}>
          {mailboxes.map(({ id, name, address }) => (
            <Row key={id} title={name} text={address}>
              {({ labelledBy, describedBy }) => (
                <Switch
                  on={!notifyNotFor.includes(id)}
                  labelledBy={labelledBy}
                  {...(describedBy === undefined ? {} : { describedBy })}
                  onChange={(on) =>
                    void keep({ notifyNotFor: on ? notifyNotFor.filter((one) => one !== id) : [...notifyNotFor, id] })
                  }
                />
              )}
            </Row>
          ))}
        </Group>
      )}
    </>
  )
}

function Time({
  name,
  describedBy,
  value,
  onChange,
}: {
  name: string
  describedBy: string | undefined
  value: number
  onChange: (minutes: number) => void
}) {
  // What stands in the field while it is typed is the person's: set back to what is kept, it would begin anew with each digit.
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <Input
      type="time"
      aria-label={name}
      aria-describedby={describedBy}
      value={typed ?? timeOf(value)}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        setTyped(event.target.value)
        const minutes = minutesOf(event.target.value)
        if (minutes !== null) onChange(minutes)
      }}
    />
  )
}
