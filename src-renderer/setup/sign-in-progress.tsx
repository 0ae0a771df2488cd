import { CircleCheck, Copy, ExternalLink, RotateCw } from 'lucide-react'
import { sameAddress } from '../../src-preload/contract/address'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { copyText } from '../state/clipboard'
import { errorText, t } from '../text'
import { fullTime } from '../text/time'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import type { SignIn } from './use-sign-in'

/** How a sign-in goes: waiting for the browser, a code to type elsewhere, done, or why not. */
export function SignInProgress({
  signIn,
  name,
  address,
  onRetry,
}: {
  signIn: SignIn
  name: string
  address: string
  onRetry: () => void
}) {
  const { id, state, error } = signIn
  const failure = error ?? state?.error ?? null
  if (failure) {
    const code = failure.code === 'cancelled' || failure.code === 'timeout' ? failure.code : null
    const line = failure.detail['serverLine']
    return (
      <Banner
        kind="bad"
        urgent
        top
        actions={
          <Button size="sm" icon={RotateCw} onClick={onRetry}>
            {t('accounts:signIn.retry')}
          </Button>
        }
      >
        {code ? t(`accounts:signIn.${code}`) : errorText(failure)}
        {typeof line === 'string' && <span className="block meta">{t('setup:add.serverSaid', { line })}</span>}
      </Banner>
    )
  }
  if (state?.state === 'done') {
    const other = state.address !== null && !sameAddress(state.address, address) ? state.address : null
    return (
      <div className="y g2">
        <div className="x g2" role="status">
          <span className="good">
            <Icon icon={CircleCheck} />
          </span>
          <span>
            {state.address === null
              ? t('accounts:signIn.done')
              : t('accounts:signIn.doneAs', { address: state.address })}
          </span>
        </div>
        {other !== null && (
          <Banner kind="warn" top>
            {t('accounts:signIn.otherAccount', { picked: other, address })}
          </Banner>
        )}
      </div>
    )
  }
  if (state?.state === 'device' && state.url !== null && state.userCode !== null) {
    const { url, userCode } = state
    return (
      <div className="y g3">
        <p className="t2">{t('accounts:signIn.code')}</p>
        <p className="mono sel" dir="ltr">
          {url}
        </p>
        <div className="x g3">
          <output className="user-code sel" aria-label={t('accounts:signIn.codeLabel')}>
            {userCode}
          </output>
          <Button icon={Copy} onClick={() => void copyText(userCode, t('accounts:signIn.codeCopied'))}>
            {t('accounts:signIn.copyCode')}
          </Button>
        </div>
        <div className="x g2 t2" role="status">
          <Spinner />
          {state.until === null
            ? t('accounts:signIn.waiting')
            : t('accounts:signIn.until', { time: fullTime(state.until) })}
        </div>
      </div>
    )
  }
  const url = state?.state === 'browser' ? state.url : null
  return (
    <div className="y g3">
      <div className="x g2 t2" role="status">
        <Spinner />
        {t(url === null ? 'accounts:signIn.starting' : 'accounts:signIn.waiting', { name })}
      </div>
      {url !== null && id !== null && (
        <div className="x">
          <Button icon={ExternalLink} onClick={() => void call('app.openSignIn', { signInId: id }).catch(tellFailure)}>
            {t('accounts:signIn.again')}
          </Button>
          <Button kind="ghost" icon={Copy} onClick={() => void copyText(url, t('accounts:signIn.copied'))}>
            {t('accounts:signIn.copy')}
          </Button>
        </div>
      )}
    </div>
  )
}
