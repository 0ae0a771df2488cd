import { useState } from 'react'
import type { FoundSettings } from '../../src-preload/contract'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Checkbox } from '../ui/field'
import type { TestInput } from './connection-test'
import type { MailboxForm } from './guess'
import { MailboxPage } from './mailbox-page'

/** The servers of a mailbox. What was found elsewhere than at the address's own domain is confirmed by a person first (R31). */
export function ServerPage({
  address,
  found,
  begin,
  onBack,
  onNext,
}: {
  address: string
  found: FoundSettings | null
  begin: MailboxForm
  onBack: () => void
  onNext: (input: TestInput, messages: number | null) => void
}) {
  const [confirmed, setConfirmed] = useState(false)
  const domain = address.split('@').at(-1) ?? ''
  const foreign = found?.foreign ?? []
  const asks =
    foreign.length > 0 || (found?.weaker === true && found.source !== 'known' && found.source !== 'exchanger')
  return (
    <MailboxPage
      region={t('setup:add.region')}
      title={t('setup:add.title')}
      text={t(
        found === null
          ? 'setup:add.text'
          : found.source === 'guessed' || found.source === 'srv'
            ? 'setup:add.textFound'
            : 'setup:add.textPublished',
      )}
      begin={begin}
      act={t('accounts:provider.next')}
      acting={t('accounts:provider.next')}
      confirmed={confirmed || !asks}
      confirm={
        asks && (
          <Banner kind="warn" top>
            <div className="y g2">
              {foreign.length > 0 && (
                <>
                  <span className="medium">{t('accounts:foreign.title', { domain })}</span>
                  <span>{t('accounts:foreign.text', { hosts: foreign.join(', '), domain })}</span>
                </>
              )}
              {found?.weaker && <span>{t('accounts:foreign.weaker')}</span>}
              <Checkbox
                label={t('accounts:foreign.confirm')}
                checked={confirmed}
                onChange={(event) => setConfirmed(event.target.checked)}
              />
            </div>
          </Banner>
        )
      }
      onBack={onBack}
      onSubmit={(input, messages) => Promise.resolve(onNext(input, messages))}
    />
  )
}
