import { ChevronLeft } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { CertificatePin, Mailbox } from '../../src-preload/contract'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { ConnectionTest, messagesOf, useConnectionTest, type RunningTest, type TestInput } from './connection-test'
import { settingsOf, usualPort, type MailboxForm } from './guess'
import { MailboxFields, type Fault } from './mailbox-form'
import { SetupFrame } from './setup-frame'
import { SignInControl } from './sign-in-control'
import { useSignIn } from './use-sign-in'
import './setup.css'

export interface MailboxPageProps {
  region: string
  title: string
  text: string
  begin: MailboxForm
  /** The mailbox that is changed: what it signs in with may stay, and then nothing is tested. */
  changes?: Mailbox
  act: string
  acting: string
  /** Something to confirm before a password is typed or sent. */
  confirm?: ReactNode
  confirmed?: boolean
  /** Below the form: what stands about the mailbox besides its settings. */
  below?: ReactNode
  /** `messages`: how many the test found. Rejects with the sentence to show. */
  onSubmit: (input: TestInput, messages: number | null) => Promise<void>
  onBack: () => void
}

/** The first thing that the test found wrong. */
function faultIn({ test }: RunningTest): Fault | null {
  const failed = test?.steps.find((step) => step.state === 'failed')
  if (!failed) return null
  return {
    server: failed.name.startsWith('imap') ? 'imap' : 'smtp',
    field: failed.name.endsWith('connect') ? 'port' : failed.code === 'auth-refused' ? 'password' : null,
  }
}

/** What one server is signed in to with: given now, kept from before, or still missing. */
type Has = 'given' | 'kept' | 'missing'

/** The form of a mailbox with its live connection test, as a page of its own. */
export function MailboxPage({
  region,
  title,
  text,
  begin,
  changes,
  act,
  acting,
  confirm,
  confirmed = true,
  below,
  onSubmit,
  onBack,
}: MailboxPageProps) {
  const [form, setForm] = useState(begin)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const receive = useSignIn()
  const send = useSignIn()
  const settings = settingsOf(form)
  const has = (use: 'imap' | 'smtp', given: boolean): Has =>
    given
      ? 'given'
      : changes && (changes[use].signIn ?? 'password') === (form.ownSmtp ? form[use].signIn : form.imap.signIn)
        ? 'kept'
        : 'missing'
  const imapGiven = form.imap.signIn === 'oauth' ? receive.done : form.password !== ''
  const smtpGiven = !form.ownSmtp ? imapGiven : form.smtp.signIn === 'oauth' ? send.done : form.smtpPassword !== ''
  const [imap, smtp] = [has('imap', imapGiven), has('smtp', smtpGiven)]
  const given: Omit<TestInput, 'settings'> = {
    ...(form.imap.signIn === 'password' && form.password !== '' ? { password: form.password } : {}),
    ...(form.imap.signIn === 'oauth' && receive.done && receive.id !== null ? { signInId: receive.id } : {}),
    ...(form.ownSmtp && form.smtp.signIn === 'password' && form.smtpPassword !== ''
      ? { smtpPassword: form.smtpPassword }
      : {}),
    ...(form.ownSmtp && form.smtp.signIn === 'oauth' && send.done && send.id !== null ? { smtpSignInId: send.id } : {}),
  }
  const input: TestInput | null =
    settings && imap === 'given' && smtp === 'given' && confirmed ? { settings, ...given } : null
  const test = useConnectionTest(input)
  const untested =
    settings !== null && imap !== 'missing' && smtp !== 'missing' && !(imap === 'given' && smtp === 'given')
  const ready = confirmed && (test.ok || untested)
  const fault = faultIn(test)

  const submit = async () => {
    if (!settings || !ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      await onSubmit({ settings, ...given }, messagesOf(test))
    } catch (thrown) {
      setFailure(thrown instanceof Error ? thrown.message : t('errors:internal'))
    } finally {
      setBusy(false)
    }
  }
  const usePort = (kind: 'imap' | 'smtp', port: number, security: string) => {
    const kept =
      security === 'tls' || security === 'starttls'
        ? security
        : String(port) === usualPort[kind].starttls
          ? 'starttls'
          : 'tls'
    setForm({ ...form, [kind]: { ...form[kind], port: String(port), security: kept } })
  }
  const pin = (kind: 'imap' | 'smtp', accepted: CertificatePin) =>
    setForm({ ...form, [kind]: { ...form[kind], pin: accepted } })
  const hint = ready
    ? ''
    : fault
      ? t(fault.server === 'imap' ? 'setup:add.fixImap' : 'setup:add.fixSmtp')
      : input === null
        ? t('setup:add.incomplete')
        : t('setup:add.testing')

  return (
    <SetupFrame
      region={region}
      title={title}
      text={text}
      onSubmit={() => void submit()}
      onBack={onBack}
      foot={
        <>
          <Button kind="ghost" icon={ChevronLeft} onClick={onBack}>
            {t('setup:add.back')}
          </Button>
          <span className="push meta t3" role="status">
            {hint}
          </span>
          <Button submit size="lg" kind={ready ? 'primary' : 'default'} disabled={!ready} busy={busy}>
            {busy ? acting : act}
          </Button>
        </>
      }
    >
      {confirm}
      <MailboxFields
        form={form}
        onChange={setForm}
        fault={fault}
        passwordHint={undefined}
        receive={
          <SignInControl
            label={t('accounts:signIn.receive')}
            settings={settings}
            uses={form.ownSmtp ? ['imap'] : ['imap', 'smtp']}
            signIn={receive}
            kept={imap === 'kept'}
          />
        }
        send={
          <SignInControl
            label={t('accounts:signIn.send')}
            settings={settings}
            uses={['smtp']}
            signIn={send}
            kept={smtp === 'kept'}
          />
        }
      />
      {!untested && <ConnectionTest running={test} ready={input !== null} onUsePort={usePort} onPin={pin} />}
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
      {below}
    </SetupFrame>
  )
}
