import { Lock, ShieldCheck, UserPlus, KeyRound, LogIn, PenLine } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { leftText } from '../text/left'
import { exactTime, messageTime } from '../text/time'
import { Avatar } from '../ui/avatar'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { LockMark } from '../ui/lock-mark'
import { GrantDialog } from './grant-dialog'
import { AddPerson, MyIdentity, SignChallenge } from './people'
import { Section } from './section'
import { SignIn } from './sign-in'
import { lengthText } from './times'
import { whereText } from './where'
import { useMailboxes } from '../work/mailboxes'

type Grant = CallOutput<'grants.list'>['grants'][number]
type Layer =
  | { kind: 'grant'; extend: Grant | null }
  | { kind: 'sign-in' }
  | { kind: 'add' }
  | { kind: 'mine' }
  | { kind: 'sign' }

async function revoke(grant: Grant): Promise<void> {
  try {
    await call('grants.revoke', { id: grant.id })
    showToast({ text: t('privacy:access.revoked', { name: grant.identity.name }) })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function Card({
  grant,
  now,
  canGrant,
  onExtend,
}: {
  grant: Grant
  now: number
  canGrant: boolean
  onExtend: () => void
}) {
  const mailboxes = useMailboxes()
  const whole = grant.endsAt - grant.grantedAt
  const left = Math.max(0, grant.endsAt - now)
  const short = left < 60 * 60_000
  const live = grant.state === 'live'
  return (
    <li className="grant">
      <Avatar name={grant.identity.name} seed={grant.identity.fingerprint} size="lg" />
      <div className="y g1">
        <div className="x wrap">
          <bdi className="medium">{grant.identity.name}</bdi>
          <span className="chip sm good" data-tip={grant.identity.fingerprint}>
            <Icon icon={ShieldCheck} />
            {t('privacy:access.verified')}
          </span>
          <span className="chip sm line">{t(`privacy:scopes.${grant.scope}`)}</span>
          {grant.kind !== 'support' && <span className="chip sm line">{t(`privacy:kinds.${grant.kind}`)}</span>}
          {grant.open > 0 && <span className="chip sm acc">{t('privacy:access.openNow')}</span>}
        </div>
        <p className="meta t3 facts">
          <span>
            <bdi>{[grant.reason, grant.reference].filter(Boolean).join(', ')}</bdi>
          </span>
          <span>
            <bdi>{t('privacy:access.by', { by: grant.grantedBy, when: messageTime(grant.grantedAt, now) })}</bdi>
          </span>
        </p>
        <div className="meta t3 facts">
          <span>
            <bdi>{t('privacy:access.inMailboxes', { names: whereText(grant.mailboxIds, mailboxes) })}</bdi>
          </span>
          {grant.elsewhere && <span>{t('privacy:access.elsewhere', { name: grant.elsewhere.name })}</span>}
          <span>
            {grant.lastUsedAt === null
              ? t('privacy:access.unused')
              : t('privacy:access.used', { when: messageTime(grant.lastUsedAt, now) })}
          </span>
        </div>
      </div>
      <div className="left">
        {live ? (
          <>
            <div className="x meta">
              <span className={`medium num${short ? ' warn' : ''}`}>{t('privacy:left', { time: leftText(left) })}</span>
              <span className="push t3 num">{t('privacy:access.of', { time: lengthText(whole) })}</span>
            </div>
            <progress
              className={`time-bar${short ? ' warn' : ''}`}
              max={whole}
              value={left}
              aria-label={t('privacy:left', { time: leftText(left) })}
            />
            <span className="micro t3" data-tip={exactTime(grant.endsAt)}>
              {t('privacy:access.ends', { when: messageTime(grant.endsAt, now) })}
            </span>
          </>
        ) : (
          <span className="meta t2">{t(`privacy:access.states.${grant.state}`, { by: grant.endedBy ?? '' })}</span>
        )}
      </div>
      <div className="x g1">
        {live && canGrant && !grant.elsewhere && <Button onClick={onExtend}>{t('privacy:access.extend')}</Button>}
        {grant.endedAt === null && canGrant && (
          <Button kind="danger" onClick={() => void revoke(grant)}>
            {t('privacy:access.revoke')}
          </Button>
        )}
      </div>
    </li>
  )
}

/** Who outside the team may look, who could be granted that, and where they sign in. */
export function Access() {
  const [layer, setLayer] = useState<Layer | null>(null)
  // Ticks every 20 seconds, so that what is left is true while somebody looks at it.
  const tick = useNow()
  const { data, error, refetch } = useQuery('grants.list', {})
  const managedBy = useQuery('policy.get', {}).data
  const close = () => setLayer(null)
  if (!data)
    return error ? (
      <EmptyState
        icon={ShieldCheck}
        title={t('privacy:failed')}
        action={<Button onClick={refetch}>{t('retry')}</Button>}
      >
        {errorText(error)}
      </EmptyState>
    ) : null
  const now = Math.max(data.now, tick)
  const running = data.grants.filter((grant) => grant.endedAt === null && grant.state !== 'ended')
  const earlier = data.grants.filter((grant) => !running.includes(grant))
  const canGrant = data.refusal === null
  const isManaged = managedBy?.locked.includes('supportAccessLongestDays') ?? false
  return (
    <>
      <Section
        title={t('privacy:access.title')}
        text={t('privacy:access.text')}
        acts={
          <Button kind="primary" disabled={!canGrant} onClick={() => setLayer({ kind: 'grant', extend: null })}>
            {t('privacy:access.grant')}
          </Button>
        }
      >
        {data.refusal === 'policy' && (
          <Banner icon={Lock} className="sec-note">
            {t('privacy:access.off')}
          </Banner>
        )}
        {data.refusal === 'permission' && (
          <Banner icon={Lock} className="sec-note">
            {t('privacy:access.noPermission')}
          </Banner>
        )}
        {data.doubt !== null && (
          <Banner kind="warn" className="sec-note">
            {t('privacy:access.doubt')}
          </Banner>
        )}
        <div className="card">
          {running.length === 0 ? (
            <EmptyState icon={ShieldCheck} title={t('privacy:access.empty')}>
              {t('privacy:access.emptyText')}
            </EmptyState>
          ) : (
            <ul>
              {running.map((grant) => (
                <Card
                  key={grant.id}
                  grant={grant}
                  now={now}
                  canGrant={canGrant || data.refusal === 'time-doubtful'}
                  onExtend={() => setLayer({ kind: 'grant', extend: grant })}
                />
              ))}
            </ul>
          )}
        </div>
        <p className="meta t3 sec-foot">
          {t(isManaged ? 'privacy:access.longestManaged' : 'privacy:access.longest', {
            time: lengthText(data.longestMs),
          })}
          {isManaged && <LockMark />}
        </p>
      </Section>
      <People onAdd={() => setLayer({ kind: 'add' })} canGrant={canGrant} />
      <Section title={t('privacy:mine.title')} text={t('privacy:mine.text')}>
        <div className="x wrap">
          <Button icon={LogIn} onClick={() => setLayer({ kind: 'sign-in' })}>
            {t('privacy:access.signIn')}
          </Button>
          <Button icon={KeyRound} onClick={() => setLayer({ kind: 'mine' })}>
            {t('privacy:mine.make')}
          </Button>
          <Button icon={PenLine} onClick={() => setLayer({ kind: 'sign' })}>
            {t('privacy:mine.sign')}
          </Button>
        </div>
      </Section>
      {earlier.length > 0 && (
        <Section title={t('privacy:access.earlier')}>
          <div className="card">
            <ul>
              {earlier.slice(0, 20).map((grant) => (
                <Card key={grant.id} grant={grant} now={now} canGrant={false} onExtend={close} />
              ))}
            </ul>
          </div>
        </Section>
      )}
      {layer?.kind === 'grant' && (
        <GrantDialog
          extend={layer.extend}
          longestMs={data.longestMs}
          now={now}
          managedBy={isManaged ? (managedBy?.managedBy ?? t('privacy:grant.organisation')) : null}
          onClose={close}
        />
      )}
      {layer?.kind === 'sign-in' && <SignIn onClose={close} />}
      {layer?.kind === 'add' && <AddPerson onClose={close} />}
      {layer?.kind === 'mine' && <MyIdentity onClose={close} />}
      {layer?.kind === 'sign' && <SignChallenge onClose={close} />}
    </>
  )
}

async function remove(id: number, name: string): Promise<void> {
  try {
    await call('identities.remove', { id })
    showToast({ text: t('privacy:people.removed', { name }) })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function People({ onAdd, canGrant }: { onAdd: () => void; canGrant: boolean }) {
  const people = useQuery('identities.list', {}).data?.identities
  if (!people) return null
  return (
    <Section
      title={t('privacy:people.title')}
      text={t('privacy:people.text')}
      acts={
        <Button icon={UserPlus} disabled={!canGrant} onClick={onAdd}>
          {t('privacy:people.add')}
        </Button>
      }
    >
      <div className="card">
        {people.length === 0 && <p className="t3 card-b">{t('privacy:people.empty')}</p>}
        <ul>
          {people.map((person) => (
            <li key={person.id} className="set person">
              <Avatar name={person.name} seed={person.fingerprint} size="lg" />
              <div className="grow">
                <div className="x wrap">
                  <bdi className="medium">{person.name}</bdi>
                  <bdi className="t2">{person.organisation}</bdi>
                  {person.pinned && <LockMark>{t('privacy:people.pinned')}</LockMark>}
                  {!person.allowed && <span className="chip sm warn">{t('privacy:people.notAllowed')}</span>}
                </div>
                <div className="meta t3 facts">
                  <span className="mono">{person.fingerprint}</span>
                  <span>{person.words}</span>
                </div>
              </div>
              {!person.pinned && (
                <Button kind="ghost" onClick={() => void remove(person.id, person.name)}>
                  {t('privacy:people.remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}
