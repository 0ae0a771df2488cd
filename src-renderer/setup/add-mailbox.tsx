import { asCallError, call } from '../client'
import { goBack, goView, usePlaces } from '../state/places'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { newForm } from './guess'
import { MailboxPage } from './mailbox-page'

function leave(): void {
  if (usePlaces.getState().past.length > 0) goBack()
  else goView('inbox')
}

/** Adds a mailbox by form, after a connection test that went well. */
export function AddMailbox({ kind = 'server', onBack = leave }: { kind?: 'server' | 'gmail'; onBack?: () => void }) {
  return (
    <MailboxPage
      region={t('setup:add.region')}
      title={t('setup:add.title')}
      text={t(kind === 'gmail' ? 'setup:add.textGmail' : 'setup:add.text')}
      begin={newForm(kind)}
      act={t('setup:add.add')}
      acting={t('setup:add.adding')}
      onBack={onBack}
      onSubmit={async ({ settings, password, smtpPassword }) => {
        try {
          await call('app.addMailbox', { settings, password, ...(smtpPassword === undefined ? {} : { smtpPassword }) })
        } catch (thrown) {
          const error = asCallError(thrown)
          throw new Error(error.code === 'conflict' ? t('setup:add.exists') : t('setup:add.failed', { why: errorText(error) }))
        }
        showToast({ text: t('setup:add.added') })
        goView('inbox')
      }}
    />
  )
}
