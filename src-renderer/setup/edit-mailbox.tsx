import type { Mailbox } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { AccessHeld } from '../work/access-held'
import { formOf } from './guess'
import { MailboxPage } from './mailbox-page'

/** Changes the settings of a mailbox; without a new password the stored one stays. */
export function EditMailbox({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  return (
    <MailboxPage
      region={t('setup:add.editRegion')}
      title={t('setup:add.editTitle', { name: mailbox.name })}
      text={t('setup:add.textEdit')}
      begin={formOf(mailbox)}
      changes={mailbox}
      below={
        <section className="y" aria-label={t('accounts:held.title')}>
          <h2 className="h3">{t('accounts:held.title')}</h2>
          <AccessHeld mailbox={mailbox} />
        </section>
      }
      act={t('setup:add.save')}
      acting={t('setup:add.saving')}
      onBack={onClose}
      onSubmit={async ({ settings, ...given }) => {
        try {
          await call('app.updateMailbox', { id: mailbox.id, settings, ...given })
        } catch (thrown) {
          throw new Error(t('setup:add.failedEdit', { why: errorText(asCallError(thrown)) }))
        }
        showToast({ text: t('setup:add.saved') })
        onClose()
      }}
    />
  )
}
