import { useState, type FormEvent } from 'react'
import { asCallError, call, type CallError } from '../client'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Segmented, TextArea } from '../ui/field'
import { PasswordField } from '../ui/passphrase'
import { CardField, KeyFileField, type Person } from './people'

type Way = 'file' | 'device'

function refusal(error: CallError): string {
  const why = error.detail['why']
  return error.code === 'not-allowed' && (why === 'challenge' || why === 'signature' || why === 'unknown')
    ? t(`privacy:signIn.refused.${why}`)
    : errorText(error)
}

/** Where a support person proves who they are: with the key file here, or by a challenge that their own device signs. */
export function SignIn({
  onClose,
  locked = null,
}: {
  onClose: () => void
  /** On the lock screen: what somebody of the team opens the store with. */ locked?: 'passphrase' | 'system' | null
}) {
  const [ours, setOurs] = useState('')
  const [way, setWay] = useState<Way>('file')
  const [person, setPerson] = useState<Person | null>(null)
  const [card, setCard] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [challenge, setChallenge] = useState<string | null>(null)
  const [answer, setAnswer] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const asksChallenge = way === 'device' && challenge === null
  const leave = () => {
    if (locked !== null) void call('app.supportRelock', {}).catch(() => undefined)
    onClose()
  }
  const ready =
    (locked !== 'passphrase' || ours !== '') &&
    (way === 'file' ? person !== null && passphrase !== '' : asksChallenge ? card !== '' : answer.trim() !== '')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      if (locked !== null) await call('app.supportUnlock', { passphrase: locked === 'system' ? null : ours })
      if (asksChallenge) setChallenge((await call('app.supportChallenge', { card })).challenge)
      else {
        if (way === 'file') await call('app.supportSignIn', { passphrase })
        else await call('app.supportAnswer', { challenge: challenge ?? '', answer })
        return onClose()
      }
    } catch (thrown) {
      setFailure(refusal(asCallError(thrown)))
      setChallenge(null)
      setAnswer('')
    }
    setBusy(false)
  }
  return (
    <Dialog
      open
      onClose={leave}
      title={t('privacy:signIn.title')}
      description={t('privacy:signIn.text')}
      foot={
        <>
          <Button size="lg" onClick={leave}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="sign-in" disabled={!ready} busy={busy}>
            {t(busy ? 'privacy:signIn.doing' : asksChallenge ? 'privacy:signIn.next' : 'privacy:signIn.do')}
          </Button>
        </>
      }
    >
      <form id="sign-in" className="y g3" onSubmit={(event) => void submit(event)}>
        {locked !== null && (
          <p className="t2">{t(locked === 'system' ? 'privacy:signIn.lockedSystem' : 'privacy:signIn.lockedText')}</p>
        )}
        {locked === 'passphrase' && (
          <PasswordField
            label={t('privacy:signIn.ours')}
            hint={t('privacy:signIn.oursHint')}
            value={ours}
            onChange={setOurs}
          />
        )}
        <Segmented
          label={t('privacy:signIn.how')}
          value={way}
          options={[
            { value: 'file', label: t('privacy:signIn.withFile') },
            { value: 'device', label: t('privacy:signIn.withDevice') },
          ]}
          onChange={setWay}
        />
        {way === 'file' && (
          <>
            <KeyFileField onPerson={setPerson} />
            <PasswordField label={t('privacy:signIn.passphrase')} value={passphrase} onChange={setPassphrase} />
          </>
        )}
        {asksChallenge && (
          <CardField
            label={t('privacy:signIn.card')}
            hint={t('privacy:people.cardHint')}
            onPerson={(found, text) => setCard(found ? text : '')}
          />
        )}
        {way === 'device' && challenge !== null && (
          <>
            <Field label={t('privacy:mine.challenge')} hint={t('privacy:signIn.challengeHint')}>
              {(ids) => <TextArea {...ids} rows={3} readOnly value={challenge} className="mono" dir="ltr" />}
            </Field>
            <Field label={t('privacy:mine.answer')}>
              {(ids) => (
                <Input
                  {...ids}
                  value={answer}
                  spellCheck={false}
                  autoComplete="off"
                  dir="ltr"
                  onChange={(event) => setAnswer(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
