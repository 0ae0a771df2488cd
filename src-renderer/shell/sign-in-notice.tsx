import { useState } from 'react'
import type { Mailbox } from '../../src-preload/contract'
import { useQuery } from '../live'
import { goSettings } from '../state/places'
import { t } from '../text'
import { dayText } from '../text/time'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'

/** The first sign-in by browser that ended or will end soon, with words for it; null when all is well or it was put off. */
export function useEndingSignIn(mailboxes: readonly Mailbox[]): { id: number; text: string; later: () => void } | null {
  const [putOff, setPutOff] = useState<string | null>(null)
  const asks = mailboxes.some((one) => one.imap.signIn === 'oauth' || one.smtp.signIn === 'oauth')
  const { data } = useQuery('app.signIns', asks ? {} : null)
  const ending = data?.signIns.find((one) => one.state !== 'good')
  const mailbox = mailboxes.find((one) => one.id === ending?.mailboxId)
  if (!ending || !mailbox) return null
  const key = `${mailbox.id} ${ending.state} ${ending.at}`
  if (putOff === key) return null
  const { name } = mailbox
  const text =
    ending.state === 'needed'
      ? t('accounts:sync.needed', { name })
      : ending.state === 'not-lasting'
        ? t('accounts:sync.notLasting', { name })
        : t('accounts:sync.soon', { name, day: dayText(ending.endsAt ?? 0) })
  return { id: mailbox.id, text, later: () => setPutOff(key) }
}

/** Over the panes before a sign-in ends, so that mail does not stop unforeseen. */
export function SignInNotice({ id, text, later }: { id: number; text: string; later: () => void }) {
  return (
    <Banner
      kind="warn"
      className="stopped-mail"
      actions={
        <>
          <Button size="sm" onClick={later}>
            {t('accounts:sync.later')}
          </Button>
          <Button size="sm" kind="primary" onClick={() => goSettings(`mailboxes/${id}`)}>
            {t('accounts:sync.act')}
          </Button>
        </>
      }
    >
      {text}
    </Banner>
  )
}
