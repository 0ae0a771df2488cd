import type { ReactNode } from 'react'
import type { TeamState, Trouble } from '../../src-preload/contract/calls/team'
import type { Tried } from '../../src-preload/contract/team'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { goSettings } from '../state/places'
import { showToast } from '../state/toast'
import { gravityOf } from '../state/trouble'
import { errorText, t } from '../text'
import { whenText } from '../text/time'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'

/** Who was taken out of the team and may still know the mailbox's password. */
export interface Former {
  whose: string
  name: string
}

/** What came of trying what they know; empty before it was tried. */
export function triedText(name: string, tried: Tried | null): string {
  if (!tried) return ''
  const facts = { name, host: tried.host, when: whenText(tried.at, Date.now()) }
  return tried.came === 'failed'
    ? t('team:tried.failed', { ...facts, why: tried.error === null ? '' : errorText(tried.error) })
    : t(`team:tried.${tried.came}`, facts)
}

interface Shown {
  text: string
  acts?: ReactNode
}

/** What needs a person: plain words, one act each. Nothing when all is well. */
export function TeamTrouble({
  team,
  onRetire,
  onCarrier,
  onCloseOff,
}: {
  team: TeamState
  onRetire: (device: string) => void
  onCarrier: () => void
  onCloseOff: (whose: Former) => void
}) {
  if (team.trouble.length === 0) return null
  const owner = team.membership === 'owner'
  return (
    <section className="y g2" aria-label={t('team:trouble.title')}>
      {team.trouble.map((one) => {
        const { text, acts } = describe(one, owner, { onRetire, onCarrier, onCloseOff })
        return (
          <Banner key={JSON.stringify(one)} kind={gravityOf(one)} actions={acts}>
            {text}
          </Banner>
        )
      })}
    </section>
  )
}

function act(work: () => Promise<unknown>, toast: string): () => void {
  return () =>
    void work()
      .then(() => showToast({ text: toast }))
      .catch(tellFailure)
}

function describe(
  one: Trouble,
  owner: boolean,
  {
    onRetire,
    onCarrier,
    onCloseOff,
  }: { onRetire: (device: string) => void; onCarrier: () => void; onCloseOff: (whose: Former) => void },
): Shown {
  const again = (
    <Button size="sm" onClick={() => void call('team.lookAgain', {}).catch(tellFailure)}>
      {t('team:trouble.again')}
    </Button>
  )
  if (one.kind === 'removal' || one.kind === 'lost') {
    const whose = one.kind === 'removal' ? one.member : one.device
    const done = gravityOf(one) === 'good'
    return {
      text: done
        ? triedText(one.name, one.tried)
        : [t(`team:trouble.${one.kind}`, { name: one.name }), triedText(one.name, one.tried)].filter(Boolean).join(' '),
      acts: owner && (
        <Button
          size="sm"
          onClick={() =>
            done ? void call('team.accessRevoked', { whose }).catch(tellFailure) : onCloseOff({ whose, name: one.name })
          }
        >
          {t(done ? 'team:trouble.closedSeen' : 'team:trouble.closeOff')}
        </Button>
      ),
    }
  }
  if (one.kind === 'held') {
    return {
      text: t('team:trouble.held', { count: one.events, notes: one.notes, name: one.name }),
      acts: owner && (
        <>
          <Button
            size="sm"
            onClick={act(() => call('team.settleHeld', { member: one.member, take: false }), t('team:trouble.dropped'))}
          >
            {t('team:trouble.drop')}
          </Button>
          <Button
            size="sm"
            onClick={act(() => call('team.settleHeld', { member: one.member, take: true }), t('team:trouble.taken'))}
          >
            {t('team:trouble.take')}
          </Button>
        </>
      ),
    }
  }
  if (one.kind === 'forked' || one.kind === 'flood')
    return {
      text:
        one.kind === 'forked'
          ? t('team:trouble.forked', { name: one.name })
          : t('team:trouble.flood', { name: one.name, count: one.events }),
      acts: owner && (
        <Button size="sm" kind="danger" onClick={() => onRetire(one.device)}>
          {t('team:trouble.forkedDo')}
        </Button>
      ),
    }
  if (one.kind === 'gap')
    return {
      text: `${t('team:trouble.gap', { count: one.missing, name: one.name })} ${t(one.asked ? 'team:trouble.gapAsked' : 'team:trouble.gapHint')}`,
      acts: again,
    }
  if (one.kind === 'refused')
    return {
      text: t('team:trouble.refusedCount', {
        what: t(`team:trouble.refused.${reasonOf(one.reason)}`),
        count: one.count,
      }),
      acts: (
        <Button size="sm" onClick={() => void call('team.forgetRefused', {}).catch(tellFailure)}>
          {t('team:trouble.forget')}
        </Button>
      ),
    }
  if (one.kind === 'newer')
    return {
      text: t('team:trouble.newer', { count: one.count }),
      acts: (
        <Button size="sm" onClick={() => goSettings('about')}>
          {t('team:trouble.update')}
        </Button>
      ),
    }
  if (one.kind === 'limit')
    return {
      text: t(`team:trouble.limit.${one.what}`, { count: one.count, most: one.most }),
      acts: owner && (
        <Button size="sm" onClick={onCarrier}>
          {t('team:trouble.limitDo')}
        </Button>
      ),
    }
  if (one.kind === 'differs')
    return {
      text: t('team:trouble.differs'),
      acts: (
        <Button size="sm" onClick={act(() => call('team.takeOwners', {}), t('team:trouble.differsDone'))}>
          {t('team:trouble.differsDo')}
        </Button>
      ),
    }
  if (one.kind === 'clock')
    return {
      text:
        one.doubt === 'set-back'
          ? t('team:trouble.clockBack')
          : t('team:trouble.clockDiffers', { minutes: one.minutes }),
      acts: again,
    }
  return {
    text: t('team:trouble.link', { why: one.error === null ? '' : errorText(one.error) }),
    acts: again,
  }
}

const reasons = ['not-ours', 'unreadable', 'other-team', 'false-signature', 'broken'] as const
const reasonOf = (reason: string): (typeof reasons)[number] => reasons.find((one) => one === reason) ?? 'broken'
