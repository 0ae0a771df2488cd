import { useState } from 'react'
import type { CertificatePin, ErrorDetail } from '../../src-preload/contract'
import { t } from '../text'
import { dayText } from '../text/time'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Checkbox } from '../ui/field'

const text = (facts: ErrorDetail, name: string): string => String(facts[name] ?? '')

function Facts({ facts }: { facts: ErrorDetail }) {
  const until = facts['validUntil']
  return (
    <dl className="start-facts">
      <dt>{t('accounts:certificate.issuedTo')}</dt>
      <dd>{text(facts, 'issuedTo')}</dd>
      <dt>{t('accounts:certificate.issuedBy')}</dt>
      <dd>{text(facts, 'issuedBy')}</dd>
      <dt>{t('accounts:certificate.until')}</dt>
      <dd>{typeof until === 'number' ? dayText(until) : ''}</dd>
      <dt>{t('accounts:certificate.print')}</dt>
      <dd className="mono print" dir="ltr">
        {text(facts, 'sha256')}
      </dd>
    </dl>
  )
}

/** Shows a certificate that is in order. */
export function ViewCertificate({ facts }: { facts: ErrorDetail }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="link meta" onClick={() => setOpen(true)}>
        {t('accounts:certificate.view')}
      </button>
      {open && (
        <Dialog
          open
          onClose={() => setOpen(false)}
          title={t('accounts:certificate.title', { host: text(facts, 'host') })}
          foot={
            <Button size="lg" onClick={() => setOpen(false)}>
              {t('common:close')}
            </Button>
          }
        >
          <Facts facts={facts} />
        </Dialog>
      )}
    </>
  )
}

const pinOf = (facts: ErrorDetail): CertificatePin => ({
  host: text(facts, 'host'),
  sha256: text(facts, 'sha256'),
  certificate: text(facts, 'certificate'),
  at: Date.now(),
})

/** Lets a person accept exactly this certificate for this server, after a comparison that only a person can make. */
export function AcceptCertificate({
  facts,
  onAccept,
}: {
  facts: ErrorDetail
  onAccept: (pin: CertificatePin) => void
}) {
  const [open, setOpen] = useState(false)
  const [compared, setCompared] = useState(false)
  const host = text(facts, 'host')
  const accept = () => {
    setOpen(false)
    onAccept(pinOf(facts))
  }
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {t('accounts:certificate.accept')}
      </Button>
      {open && (
        <Dialog
          open
          onClose={() => setOpen(false)}
          title={t('accounts:certificate.acceptTitle')}
          description={t('accounts:certificate.acceptText', { host })}
          foot={
            <>
              <Button size="lg" onClick={() => setOpen(false)}>
                {t('common:cancel')}
              </Button>
              <Button size="lg" kind="danger-fill" disabled={!compared} onClick={accept}>
                {t('accounts:certificate.acceptDo')}
              </Button>
            </>
          }
        >
          <Facts facts={facts} />
          <Banner kind="warn" top>
            {t('accounts:certificate.binds')}
          </Banner>
          <Checkbox
            label={t('accounts:certificate.compared')}
            checked={compared}
            onChange={(event) => setCompared(event.target.checked)}
          />
        </Dialog>
      )}
    </>
  )
}
