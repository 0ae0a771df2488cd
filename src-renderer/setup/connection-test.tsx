import { Check, Minus, RefreshCw, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { CallInput, CallOutput, CertificatePin, MailboxSettings } from '../../src-preload/contract'
import { asCallError, call, type CallError } from '../client'
import { useQuery } from '../live'
import { errorText, t } from '../text'
import { dayText } from '../text/time'
import { numberText } from '../text/numbers'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { AcceptCertificate, ViewCertificate } from './certificate'

/** A pause in typing after which the test runs, in ms. */
const pauseMs = 800
type Test = CallOutput<'app.connectionTest'>
export type TestStep = Test['steps'][number]
export interface TestInput {
  settings: MailboxSettings
  password?: string
  smtpPassword?: string
  signInId?: string
  smtpSignInId?: string
}

export interface RunningTest {
  test: Test | undefined
  /** The test could not even be started. */
  error: CallError | null
  /** It went well, for exactly what stands in the form. */
  ok: boolean
  running: boolean
  again: () => void
}

/** How many messages the test found on the server; null: it did not come that far. */
export function messagesOf({ test }: RunningTest): number | null {
  const found = test?.steps.find(({ name }) => name === 'imap-login')?.detail['messages']
  return typeof found === 'number' ? found : null
}

/** Tests the connection at each pause, for what is complete; `input` null: nothing to test. */
export function useConnectionTest(input: TestInput | null): RunningTest {
  const [begun, setBegun] = useState<{ id: string; of: string } | null>(null)
  const [error, setError] = useState<CallError | null>(null)
  const of = input === null ? '' : JSON.stringify(input)
  const current = useRef(input)
  useEffect(() => {
    current.current = input
  })

  const run = useRef(async (key: string) => {
    const wanted = current.current
    if (!wanted) return
    const testId = crypto.randomUUID()
    setBegun({ id: testId, of: key })
    setError(null)
    const request: CallInput<'app.testConnection'> = { testId, ...wanted }
    try {
      await call('app.testConnection', request)
    } catch (thrown) {
      setError(asCallError(thrown))
    }
  })
  useEffect(() => {
    if (of === '') return undefined
    const timer = setTimeout(() => void run.current(of), pauseMs)
    return () => clearTimeout(timer)
  }, [of])

  const mine = begun !== null && begun.of === of ? begun : null
  const { data } = useQuery('app.connectionTest', mine ? { testId: mine.id } : null)
  const test = mine ? data : undefined
  return {
    test,
    error: mine ? error : null,
    ok: test?.finished === true && test.ok,
    running: of !== '' && !error && test?.finished !== true,
    again: () => void run.current(of),
  }
}

const text = (step: TestStep, name: string): string => {
  const value = step.detail[name]
  return value === undefined ? '' : typeof value === 'number' ? String(value) : String(value)
}

function titleOf(step: TestStep): string {
  const state = step.state === 'waiting' ? 'running' : step.state
  if (step.code === 'not-tls')
    return t(step.name.startsWith('imap') ? 'setup:add.notTlsIncoming' : 'setup:add.notTlsOutgoing')
  const title = t(`setup:add.step.${step.name}.${state}`)
  if (step.state === 'failed' && step.name.endsWith('connect') && text(step, 'port'))
    return t('setup:add.onPort', { text: title, port: text(step, 'port') })
  if (step.state === 'ok' && step.name === 'imap-login')
    return t('setup:add.found', {
      folders: numberText(Number(step.detail['folders'] ?? 0)),
      messages: numberText(Number(step.detail['messages'] ?? 0)),
    })
  return title
}

function factsOf(step: TestStep): string {
  if (step.state === 'failed') {
    const tryPort = text(step, 'tryPort')
    const line = text(step, 'serverLine')
    const says =
      step.name.endsWith('certificate') && text(step, 'issuedTo') !== ''
        ? t('accounts:certificate.says', {
            issuedTo: text(step, 'issuedTo'),
            issuedBy: text(step, 'issuedBy'),
            day: dayText(Number(step.detail['validUntil'] ?? 0)),
          })
        : ''
    return [
      errorText({ code: step.code ?? 'internal', detail: step.detail }),
      says,
      tryPort && t('setup:add.tryPort', { port: tryPort }),
      line && t('setup:add.serverSaid', { line }),
    ]
      .filter(Boolean)
      .join(' ')
  }
  if (step.state !== 'ok') return ''
  if (step.name.endsWith('connect')) return t('setup:add.answered', { host: text(step, 'host'), ms: text(step, 'ms') })
  const until = step.detail['validUntil']
  if (step.name.endsWith('certificate'))
    return t('setup:add.certificate', {
      issuedTo: text(step, 'issuedTo'),
      day: typeof until === 'number' ? dayText(until) : '',
    })
  return ''
}

function endOf(step: TestStep): string {
  if (step.state === 'waiting') return t('setup:add.waiting')
  if (step.state === 'skipped' && step.name.endsWith('certificate') && text(step, 'host'))
    return t('setup:add.notEncrypted')
  return step.state === 'ok'
    ? step.name.endsWith('certificate')
      ? text(step, 'protocol').replace('TLSv', 'TLS ')
      : text(step, 'capabilities').replaceAll(' ', ', ').replaceAll(',,', ',')
    : ''
}

/** Nobody known vouches for it, or it names another host: a person may say that it is the right one all the same. */
const pinnable = (step: TestStep): boolean =>
  (step.code === 'certificate-not-trusted' ||
    step.code === 'certificate-wrong-host' ||
    step.code === 'certificate-changed') &&
  typeof step.detail['certificate'] === 'string'

function Mark({ state }: { state: TestStep['state'] }) {
  if (state === 'ok')
    return (
      <span className="good">
        <Icon icon={Check} />
      </span>
    )
  if (state === 'failed')
    return (
      <span className="bad">
        <Icon icon={X} />
      </span>
    )
  return state === 'running' ? (
    <Spinner />
  ) : (
    <span className="t3">
      <Icon icon={Minus} />
    </span>
  )
}

/** The steps of the test, each with what came out of it and, where it failed, what to do. */
export function ConnectionTest({
  running,
  ready,
  onUsePort,
  onPin,
}: {
  running: RunningTest
  ready: boolean
  onPin?: (kind: 'imap' | 'smtp', pin: CertificatePin) => void
  onUsePort: (kind: 'imap' | 'smtp', port: number, security: string) => void
}) {
  const { test, error, again } = running
  return (
    <section aria-label={t('setup:add.test')}>
      <div className="x test-head">
        <h2 className="h3">{t('setup:add.test')}</h2>
        <span className="meta t3">{t('setup:add.testWhen')}</span>
        <Button kind="ghost" size="sm" icon={RefreshCw} className="push" disabled={!ready} onClick={again}>
          {t('setup:add.again')}
        </Button>
      </div>
      {error && <Banner kind="bad">{errorText(error)}</Banner>}
      {test && (
        <ul className="card tests" aria-live="polite">
          {test.steps.map((step) => {
            const facts = factsOf(step)
            const port = step.detail['tryPort']
            return (
              <li key={step.name} className={`test ${step.state}`}>
                <Mark state={step.state} />
                <span
                  className={
                    step.state === 'waiting' || step.state === 'running' || step.state === 'skipped' ? 't2' : ''
                  }
                >
                  {titleOf(step)}
                  {facts && <span className={`meta block sel ${step.state === 'failed' ? 't2' : 't3'}`}>{facts}</span>}
                </span>
                {typeof port === 'number' && step.state === 'failed' ? (
                  <Button
                    size="sm"
                    onClick={() =>
                      onUsePort(step.name.startsWith('imap') ? 'imap' : 'smtp', port, text(step, 'trySecurity'))
                    }
                  >
                    {t('setup:add.use', { port })}
                  </Button>
                ) : onPin && step.state === 'failed' && pinnable(step) ? (
                  <AcceptCertificate
                    facts={step.detail}
                    onAccept={(pin) => onPin(step.name.startsWith('imap') ? 'imap' : 'smtp', pin)}
                  />
                ) : (
                  <span className="x g2 meta t3 nowrap">
                    {endOf(step)}
                    {step.state === 'ok' && step.detail['sha256'] !== undefined && (
                      <ViewCertificate facts={step.detail} />
                    )}
                  </span>
                )}
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}
