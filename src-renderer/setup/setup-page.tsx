import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'

/** A step of adding a mailbox that asks something: Enter goes on, Escape goes back a step. */
export function SetupPage({
  region,
  title,
  text,
  act,
  ready,
  busy = false,
  failure = null,
  onBack,
  onSubmit,
  children,
}: {
  region: string
  title: string
  text: string
  act: string
  ready: boolean
  busy?: boolean
  failure?: string | null
  onBack: () => void
  onSubmit: () => void
  children: ReactNode
}) {
  return (
    <section className="pane" aria-label={region} data-pane="page" tabIndex={-1}>
      <form
        className="setup-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) onSubmit()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || busy || event.nativeEvent.isComposing) return
          event.preventDefault()
          event.stopPropagation()
          onBack()
        }}
      >
        <div className="scroll">
          <div className="setup-in">
            <div>
              <h1>{title}</h1>
              <p className="t2 setup-under">{text}</p>
            </div>
            {children}
            {failure !== null && (
              <Banner kind="bad" urgent>
                {failure}
              </Banner>
            )}
          </div>
        </div>
        <footer className="setup-foot">
          <Button kind="ghost" icon={ChevronLeft} disabled={busy} onClick={onBack}>
            {t('setup:add.back')}
          </Button>
          <span className="push" />
          <Button autoFocus submit size="lg" kind="primary" keys="Enter" disabled={!ready} busy={busy}>
            {act}
          </Button>
        </footer>
      </form>
    </section>
  )
}
