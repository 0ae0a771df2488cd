import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { SetupFrame } from './setup-frame'

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
    <SetupFrame
      region={region}
      title={title}
      text={text}
      onSubmit={() => {
        if (ready && !busy) onSubmit()
      }}
      onBack={() => {
        if (!busy) onBack()
      }}
      foot={
        <>
          <Button kind="ghost" icon={ChevronLeft} disabled={busy} onClick={onBack}>
            {t('setup:add.back')}
          </Button>
          <span className="push" />
          <Button autoFocus submit size="lg" kind="primary" keys="Enter" disabled={!ready} busy={busy}>
            {act}
          </Button>
        </>
      }
    >
      {children}
      {failure !== null && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </SetupFrame>
  )
}
