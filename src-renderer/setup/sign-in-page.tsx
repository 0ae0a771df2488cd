import { ChevronLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { MailboxSettings, ServerSettings } from '../../src-preload/contract'
import { t } from '../text'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { ConnectionTest, messagesOf, useConnectionTest, type TestInput } from './connection-test'
import { newForm } from './guess'
import type { ProviderChoice } from './provider-page'
import { SetupFrame } from './setup-frame'
import { SignInProgress } from './sign-in-progress'
import { useSignIn } from './use-sign-in'

type Known = Exclude<ProviderChoice, 'other'>
const server = (host: string, port: number, security: 'tls' | 'starttls'): Omit<ServerSettings, 'user'> => ({
  host,
  port,
  security,
  signIn: 'oauth',
})
/** Servers of the two providers that are signed in to by browser. */
export const hostsOf: Readonly<
  Record<Known, { imap: Omit<ServerSettings, 'user'>; smtp: Omit<ServerSettings, 'user'> }>
> = {
  google: { imap: server('imap.gmail.com', 993, 'tls'), smtp: server('smtp.gmail.com', 465, 'tls') },
  microsoft: { imap: server('outlook.office365.com', 993, 'tls'), smtp: server('smtp.office365.com', 587, 'starttls') },
}
const names: Readonly<Record<Known, string>> = { google: 'Google', microsoft: 'Microsoft' }

/** Signing in at a known provider, then the test with what it gave. */
export function SignInPage({
  address,
  choice,
  method,
  onBack,
  onNext,
}: {
  address: string
  choice: Known
  method: 'browser' | 'device'
  onBack: () => void
  onNext: (input: TestInput, messages: number | null) => void
}) {
  const [name, setName] = useState(newForm(address).name)
  const signIn = useSignIn()
  const { imap, smtp } = hostsOf[choice]
  const settings: MailboxSettings = {
    name: name.trim() || newForm(address).name,
    address,
    imap: { ...imap, user: address },
    smtp: { ...smtp, user: address },
  }
  const begin = useRef(() => signIn.begin({ settings, uses: ['imap', 'smtp'], method }))
  useEffect(() => begin.current(), [])
  const input: TestInput | null = signIn.done && signIn.id !== null ? { settings, signInId: signIn.id } : null
  const test = useConnectionTest(input)
  const submit = () => {
    if (input && test.ok) onNext(input, messagesOf(test))
  }
  return (
    <SetupFrame
      region={t('accounts:steps.signIn')}
      title={t('accounts:signIn.title', { name: names[choice] })}
      text={t('accounts:signIn.text')}
      onSubmit={submit}
      onBack={onBack}
      foot={
        <>
          <Button kind="ghost" icon={ChevronLeft} onClick={onBack}>
            {t('setup:add.back')}
          </Button>
          <span className="push" />
          <Button submit size="lg" kind={test.ok ? 'primary' : 'default'} disabled={!test.ok}>
            {t('accounts:provider.next')}
          </Button>
        </>
      }
    >
      <SignInProgress
        signIn={signIn}
        name={names[choice]}
        address={address}
        onRetry={() => signIn.begin({ settings, uses: ['imap', 'smtp'], method })}
      />
      {signIn.done && (
        <>
          <Field label={t('setup:add.name')}>
            {(ids) => (
              <Input
                {...ids}
                value={name}
                maxLength={80}
                dir="auto"
                placeholder={t('setup:add.nameHint')}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <ConnectionTest running={test} ready onUsePort={() => undefined} />
        </>
      )}
    </SetupFrame>
  )
}
