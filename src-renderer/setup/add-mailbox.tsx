import { useState } from 'react'
import type { FoundSettings } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { goBack, goView, usePlaces } from '../state/places'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { AccessPage } from './access-page'
import type { TestInput } from './connection-test'
import { formOf, newForm } from './guess'
import { ProviderPage, type ProviderChoice } from './provider-page'
import { ServerPage } from './server-page'
import { SignInPage } from './sign-in-page'
import { Steps } from './steps'
import './setup.css'

function leave(): void {
  if (usePlaces.getState().past.length > 0) goBack()
  else goView('inbox')
}

/** Keeps what was set up; rejects with the sentence to show. */
async function add({ settings, ...given }: TestInput): Promise<void> {
  try {
    await call('app.addMailbox', { settings, ...given })
  } catch (thrown) {
    const error = asCallError(thrown)
    throw new Error(
      error.code === 'conflict' ? t('setup:add.exists') : t('setup:add.failed', { why: errorText(error) }),
    )
  }
  showToast({ text: t('setup:add.added') })
  goView('inbox')
}

/** Adds a mailbox, step by step: whose it is, what Postern takes, signing in. `onLeave` null: there is nothing to go back to. */
export function AddMailbox({ onLeave = leave, notice }: { onLeave?: (() => void) | null; notice?: React.ReactNode }) {
  const [address, setAddress] = useState('')
  const [choice, setChoice] = useState<ProviderChoice | null>(null)
  const [found, setFound] = useState<FoundSettings | null>(null)
  const [step, setStep] = useState(0)
  const [withPassword, setWithPassword] = useState(false)
  const byBrowser = choice !== null && choice !== 'other' && !withPassword
  const steps = [
    t('accounts:steps.provider'),
    t('accounts:steps.access'),
    t(byBrowser || choice === null ? 'accounts:steps.signIn' : 'accounts:steps.server'),
  ]
  const [method, setMethod] = useState<'browser' | 'device'>('browser')
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
            setStep(2)
          }}
        />
      )
    }
    if (choice !== 'other' && !withPassword)
      return <SignInPage address={address} choice={choice} method={method} onBack={() => setStep(1)} onSubmit={add} />
    const begin = found ? formOf(withPassword ? passwordOnly(found.settings) : found.settings) : newForm(address)
    return <ServerPage address={address} found={found} begin={begin} onBack={() => setStep(1)} onSubmit={add} />
  }
  return (
    <div className="setup">
      <Steps steps={steps} at={step} />
      {page()}
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
