import { useState } from 'react'
import type { CallInput, FoundSettings } from '../../src-preload/contract'
import { MailboxDepth } from '../../src-preload/contract/depth'
import { asCallError, call } from '../client'
import { goBack, goSettings, goView, usePlaces } from '../state/places'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { useDepthForm } from '../work/depth-fields'
import { AccessPage } from './access-page'
import type { TestInput } from './connection-test'
import { formOf, newForm } from './guess'
import { KeepPage } from './keep-page'
import { ProviderPage, type ProviderChoice } from './provider-page'
import { ServerPage } from './server-page'
import { SignInPage } from './sign-in-page'
import { Steps } from './steps'
import { WhoPage } from './who-page'
import './setup.css'

const usualDepth = MailboxDepth.parse({})

function leave(): void {
  if (usePlaces.getState().past.length > 0) goBack()
  else goView('inbox')
}

/** Keeps what was set up; rejects with the sentence to show. */
async function add(input: CallInput<'app.addMailbox'>, next: 'inbox' | 'team'): Promise<void> {
  try {
    await call('app.addMailbox', input)
  } catch (thrown) {
    const error = asCallError(thrown)
    throw new Error(
      error.code === 'conflict' ? t('setup:add.exists') : t('setup:add.failed', { why: errorText(error) }),
    )
  }
  showToast({ text: t('setup:add.added') })
  goView('inbox')
  if (next === 'team') goSettings('team')
}

/**
 * Adds a mailbox, step by step: whose it is, what Postern takes, signing in, how much is kept, who works in it. `onLeave` null: there is nothing to go
 * back to.
 */
export function AddMailbox({ onLeave = leave, notice }: { onLeave?: (() => void) | null; notice?: React.ReactNode }) {
  const [address, setAddress] = useState('')
  const [choice, setChoice] = useState<ProviderChoice | null>(null)
  const [found, setFound] = useState<FoundSettings | null>(null)
  const [step, setStep] = useState(0)
  const [withPassword, setWithPassword] = useState(false)
  const byServer = choice === 'other' || withPassword
  const steps = [
    t('accounts:steps.provider'),
    t('accounts:steps.access'),
    t(byServer ? 'accounts:steps.server' : 'accounts:steps.signIn'),
    t('accounts:steps.keep'),
    t('accounts:steps.who'),
  ]
  /** What signs in, tested, with the number of messages found there. */
  const [tested, setTested] = useState<{ input: TestInput; messages: number | null } | null>(null)
  const depth = useDepthForm(usualDepth)
  const signedIn = (input: TestInput, messages: number | null) => {
    setTested({ input, messages })
    setStep(3)
  }
  const [method, setMethod] = useState<'browser' | 'device'>('browser')
  /** The page of the servers was seen for what was chosen at first. */
  const [begun, setBegun] = useState(false)
  const page = () => {
    if (step === 0 || choice === null) {
      return (
        <ProviderPage
          first={onLeave === null}
          notice={notice}
          address={address}
          choice={choice}
          onLeave={onLeave}
          onNext={(next) => {
            if (next.address !== address || next.choice !== choice) setBegun(false)
            setAddress(next.address)
            setChoice(next.choice)
            setFound(next.found)
            setWithPassword(false)
            setStep(1)
          }}
        />
      )
    }
    if (step === 1) {
      return (
        <AccessPage
          address={address}
          choice={withPassword ? 'other' : choice}
          onBack={() => setStep(0)}
          onLeave={onLeave}
          onPassword={() => setWithPassword(true)}
          onNext={(how) => {
            setMethod(how)
            setBegun(true)
            setStep(2)
          }}
        />
      )
    }
    if (byServer) return null
    return <SignInPage address={address} choice={choice} method={method} onBack={() => setStep(1)} onNext={signedIn} />
  }
  return (
    <div className="setup">
      <Steps steps={steps} at={step} />
      {/* What was typed and signed in with stays while later steps are on screen, and the servers while earlier ones are. */}
      <div className="setup-step" hidden={step > 2 || (step === 2 && byServer)}>
        {page()}
      </div>
      {begun && byServer && (
        <div className="setup-step" hidden={step !== 2}>
          <ServerPage
            address={address}
            found={found}
            begin={found ? formOf(withPassword ? passwordOnly(found.settings) : found.settings) : newForm(address)}
            onBack={() => setStep(1)}
            onNext={signedIn}
          />
        </div>
      )}
      {step === 3 && tested && (
        <KeepPage form={depth} messages={tested.messages} onBack={() => setStep(2)} onNext={() => setStep(4)} />
      )}
      {step === 4 && tested && (
        <WhoPage
          onBack={() => setStep(3)}
          onAdd={(next) => add({ ...tested.input, depth: depth.wanted ?? usualDepth }, next)}
        />
      )}
    </div>
  )
}

function passwordOnly(settings: FoundSettings['settings']): FoundSettings['settings'] {
  const {
    imap: { signIn: _imap, ...imap },
    smtp: { signIn: _smtp, ...smtp },
  } = settings
  return { ...settings, imap, smtp }
}
