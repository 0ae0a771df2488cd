import type { Mailbox, SignInFacts } from '../../src-preload/contract'
import { useQuery } from '../live'
import { t } from '../text'
import { dayText } from '../text/time'
import { AccessTable } from '../ui/access-table'

const uses = ['imap', 'smtp'] as const

function stateText({ state, service, at, endsAt }: SignInFacts): string {
  if (state === 'needed') return t('accounts:held.needed', { name: service })
  if (state === 'not-lasting') return t('accounts:held.notLasting', { name: service })
  return t(endsAt === null ? 'accounts:held.since' : 'accounts:held.until', {
    name: service,
    day: dayText(at),
    end: endsAt === null ? '' : dayText(endsAt),
  })
}

/** What Postern may do with a mailbox and how much of it was used, with the exact permissions where it is signed in by browser. */
export function AccessHeld({ mailbox }: { mailbox: Mailbox }) {
  const used = useQuery('mailboxes.used', {}).data?.used.find((one) => one.mailboxId === mailbox.id)
  const signIns = useQuery('app.signIns', {}).data?.signIns.filter((one) => one.mailboxId === mailbox.id) ?? []
  return (
    <div className="y g3">
      <p className="meta t3">
        {typeof used?.since === 'number'
          ? t('accounts:held.counted', { day: dayText(used.since) })
          : t('accounts:held.nothing')}
      </p>
      <AccessTable
        name={signIns[0]?.service ?? null}
        uses={uses}
        identity={signIns.some((one) => one.scope.includes('email'))}
        used={used ?? { read: 0, sent: 0, acts: 0 }}
      />
      {signIns.map((one) => (
        <p key={one.uses.join()} className="meta t2 sel">
          {t(
            one.uses.length === 2
              ? 'accounts:held.both'
              : one.uses[0] === 'imap'
                ? 'accounts:held.receive'
                : 'accounts:held.send',
          )}{' '}
          {stateText(one)}
          {one.scope.length > 0 && (
            <>
              {' '}
              {t('accounts:access.scopes')}:{' '}
              <span className="mono print" dir="ltr">
                {one.scope.join(' ')}
              </span>
            </>
          )}
        </p>
      ))}
    </div>
  )
}
