import type { ExportScope, MailFormat } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { t } from '../text'
import { tellFailure } from './acts'
import { goSettings } from './places'
import { showToast } from './toast'

/** Asks where, and begins to write; its progress is on the page of settings. */
export async function exportMail(scope: ExportScope, format: MailFormat): Promise<void> {
  try {
    if (await call('app.exportMail', { scope, format }))
      showToast({
        text: t('transfers:exportStarted'),
        action: { label: t('transfers:watch'), run: () => goSettings('transfers') },
      })
  } catch (thrown) {
    if (asCallError(thrown).code === 'not-found') showToast({ text: t('transfers:nothingThere') })
    else tellFailure(thrown)
  }
}
