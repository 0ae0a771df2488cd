import { Lock } from 'lucide-react'
import { lockRules } from '../../src-preload/contract/lock'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { lockWindow } from '../state/closing'
import { t } from '../text'
import { Button } from '../ui/button'
import { Select, Switch } from '../ui/field'
import { LockMark } from '../ui/lock-mark'
import { keep } from '../state/keep'
import { Group, Row } from './row'

const minutes = [0, 1, 5, 15, 30, 60]

/** When Postern locks by itself, and locking now. Without anything to ask for at unlocking there is no lock. */
export function LockSettings({ canLock }: { canLock: boolean }) {
  const settings = useQuery('settings.get', {}).data
  const policy = useQuery('policy.get', {}).data?.policy
  if (!settings || !policy) return null
  const rules = lockRules(settings, policy)
  const { lockMinutesLongest: longest, lockOnSleep: forced } = policy
  const choices = [...new Set([...minutes, rules.minutes])]
    .filter((n) => longest === undefined || (n > 0 && n <= longest))
    .toSorted((a, b) => a - b)
  return (
    <Group title={t('settings:lock.title')}>
      <Row
        title={t('settings:lock.after')}
        text={t(
          canLock
            ? 'settings:lock.afterText'
            : longest === undefined
              ? 'settings:lock.needsPassphrase'
              : 'settings:lock.askedFor',
        )}
      >
        {({ labelledBy, describedBy }) => (
          <>
            {longest !== undefined && <LockMark />}
            <Select
              aria-labelledby={labelledBy}
              aria-describedby={describedBy}
              disabled={!canLock}
              value={String(rules.minutes)}
              options={choices.map((n) => ({
                value: String(n),
                label: n === 0 ? t('settings:lock.never') : t('settings:lock.minutes', { count: n }),
              }))}
              onChange={(event) => void keep({ lockMinutes: Number(event.target.value) })}
            />
          </>
        )}
      </Row>
      <Row title={t('settings:lock.sleep')} text={t('settings:lock.sleepText')}>
        {({ labelledBy, describedBy }) => (
          <>
            {forced !== undefined && <LockMark />}
            <Switch
              on={rules.onSleep}
              labelledBy={labelledBy}
              {...(describedBy === undefined ? {} : { describedBy })}
              disabled={!canLock || forced !== undefined}
              onChange={(lockOnSleep) => void keep({ lockOnSleep })}
            />
          </>
        )}
      </Row>
      <Row title={t('settings:lock.now')} text={t('settings:lock.nowText')}>
        {() => (
          <Button
            icon={Lock}
            act="lock"
            disabled={!canLock}
            onClick={() => void lockWindow(() => undefined).catch(tellFailure)}
          >
            {t('settings:lock.do')}
          </Button>
        )}
      </Row>
    </Group>
  )
}
