import { Download, Mail } from 'lucide-react'
import { useEffect, useState } from 'react'
import { asCallError, call } from '../client'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { ReportText } from './report-text'
import { draftLetter } from './write-mail'

/** The whole report, to be read and changed; then saved or mailed by the person who reads it. */
export function ReportDialog({ to, onClose }: { to: string; onClose: () => void }) {
  const [text, setText] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const fail = (thrown: unknown) => setFailure(errorText(asCallError(thrown)))
  useEffect(() => {
    call('app.makeReport', {}).then((made) => setText(made.text), fail)
  }, [])
  const save = async () => {
    try {
      if ((await call('app.saveReport', { text: text ?? '' })).saved) showToast({ text: t('reports:report.saved') })
    } catch (thrown) {
      fail(thrown)
    }
  }
  const mail = async () => {
    try {
      await draftLetter({
        to,
        subject: t('reports:report.title'),
        text: '',
        mailboxId: null,
        file: { name: t('reports:contact.fileName'), text: text ?? '' },
      })
      onClose()
    } catch (thrown) {
      fail(thrown)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title={t('reports:report.title')}
      description={t('reports:report.text')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" icon={Mail} disabled={text === null} onClick={() => void mail()}>
            {t('reports:report.mail')}
          </Button>
          <Button size="lg" kind="primary" icon={Download} disabled={text === null} onClick={() => void save()}>
            {t('reports:report.save')}
          </Button>
        </>
      }
    >
      {text === null && failure === null && <p className="t2">{t('reports:report.making')}</p>}
      {text !== null && <ReportText text={text} rows={18} onChange={setText} />}
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
