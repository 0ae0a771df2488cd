import { Copy } from 'lucide-react'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { copyText } from '../state/clipboard'
import { showToast } from '../state/toast'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { checkLink, type LinkCheck } from './links'

type Web = Extract<LinkCheck, { kind: 'web' }>

async function openUrl(url: string): Promise<void> {
  try {
    await call('app.openLink', { url })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Follows a link of a mail: at once when it is plain, after a question when its looks deceive (R16). */
export function followLink(url: string, text: string, ask: (link: Web) => void, onMailto: (url: string) => void): void {
  const link = checkLink(url, text)
  if (link.kind === 'refused') showToast({ text: t('conversation:link.refused'), kind: 'bad' })
  else if (link.kind === 'mailto') onMailto(link.url)
  else if (link.warnings.length > 0) ask(link)
  else void openUrl(link.url)
}

/** Shows where a link really leads, and why it is asked about. */
export function LinkDialog({ link, onClose }: { link: Web; onClose: () => void }) {
  const copy = () => void copyText(link.url, t('conversation:link.copied'))
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('conversation:link.title')}
      foot={
        <>
          <Button kind="ghost" icon={Copy} onClick={copy}>
            {t('conversation:link.copy')}
          </Button>
          <span className="grow" />
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            size="lg"
            kind="danger"
            onClick={() => {
              onClose()
              void openUrl(link.url)
            }}
          >
            <span className="cut link-host">{t('conversation:link.open', { host: link.host })}</span>
          </Button>
        </>
      }
    >
      {link.warnings.map((warning) => (
        <Banner key={warning} kind="warn" top>
          {t(`conversation:link.warning.${warning}`, { host: link.host, shown: link.shownHost ?? '' })}
        </Banner>
      ))}
      <div>
        <div className="label">{t('conversation:link.leads')}</div>
        <div className="link-url mono sel" dir="ltr">
          {link.before}
          <b>{link.host}</b>
          {link.after}
        </div>
      </div>
    </Dialog>
  )
}
export type { Web as CheckedLink }
