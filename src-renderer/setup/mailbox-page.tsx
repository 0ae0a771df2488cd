import { ChevronLeft } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { ConnectionTest, useConnectionTest, type RunningTest, type TestInput } from './connection-test'
import { settingsOf, usualPort, type MailboxForm } from './guess'
import { MailboxFields } from './mailbox-form'
import './setup.css'

export interface MailboxPageProps {
  region: string
  title: string
  text: string
  begin: MailboxForm
  /** The stored password may stay: then nothing is tested. */
  passwordOptional?: boolean
  act: string
  acting: string
  /** Rejects with the sentence to show. */
  onSubmit: (input: TestInput & { form: MailboxForm }) => Promise<void>
  onBack: () => void
}

function failedServer(test: RunningTest): 'imap' | 'smtp' | null {
  const failed = test.test?.steps.find((step) => step.state === 'failed')
  return failed ? (failed.name.startsWith('imap') ? 'imap' : 'smtp') : null
}

/** The form of a mailbox with its live connection test, as a page of its own. */
export function MailboxPage({ region, title, text, begin, passwordOptional = false, act, acting, onSubmit, onBack }: MailboxPageProps) {
  const [form, setForm] = useState(begin)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const settings = settingsOf(form)
  const withPassword = form.password !== '' && (!form.ownSmtp || form.smtpPassword !== '')
  const input: TestInput | null = settings && withPassword ? { settings, password: form.password, ...(form.ownSmtp ? { smtpPassword: form.smtpPassword } : {}) } : null
  const test = useConnectionTest(input)
  const untested = passwordOptional && settings !== null && form.password === '' && form.smtpPassword === ''
  const ready = test.ok || untested
  const failed = failedServer(test)
  const portFailed = test.test?.steps.some((step) => step.state === 'failed' && step.name.endsWith('connect')) === true

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!settings || !ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      await onSubmit({ settings, password: form.password, ...(form.ownSmtp ? { smtpPassword: form.smtpPassword } : {}), form })
    } catch (thrown) {
      setFailure(thrown instanceof Error ? thrown.message : t('errors:internal'))
      setBusy(false)
    }
  }
  const usePort = (kind: 'imap' | 'smtp', port: number, security: string) => {
    const kept = security === 'tls' || security === 'starttls' ? security : String(port) === usualPort[kind].starttls ? 'starttls' : 'tls'
    setForm({ ...form, [kind]: { ...form[kind], port: String(port), security: kept } })
  }
  const hint = ready ? '' : failed ? t(failed === 'imap' ? 'setup:add.fixImap' : 'setup:add.fixSmtp') : input === null ? t('setup:add.incomplete') : t('setup:add.testing')

  return (
    <section className="pane" aria-label={region} data-pane="page" tabIndex={-1}>
      <form className="setup-form" noValidate onSubmit={(event) => void submit(event)}>
        <div className="scroll">
          <div className="setup-in">
            <h1>{title}</h1>
            <p className="t2 setup-text">{text}</p>
            <MailboxFields form={form} onChange={setForm} failedPort={portFailed ? failed : null} passwordHint={undefined} />
            {!untested && <ConnectionTest running={test} ready={input !== null} onUsePort={usePort} />}
            {failure && <Banner kind="bad" urgent>{failure}</Banner>}
            <p className="meta t3 setup-note">{t('setup:add.note')}</p>
          </div>
        </div>
        <footer className="setup-foot">
          <Button kind="ghost" icon={ChevronLeft} onClick={onBack}>{t('setup:add.back')}</Button>
          <span className="push meta t3" role="status">{hint}</span>
          <Button submit size="lg" kind={ready ? 'primary' : 'default'} disabled={!ready} busy={busy}>{busy ? acting : act}</Button>
        </footer>
      </form>
    </section>
  )
}
