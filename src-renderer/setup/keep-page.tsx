import { t } from '../text'
import { numberText } from '../text/numbers'
import { DepthFields, type DepthForm } from '../work/depth-fields'
import { SetupPage } from './setup-page'

/** How much of the mailbox is to be kept on this computer. `messages`: what the test found on the server; null: it did not count. */
export function KeepPage({
  form,
  messages,
  onBack,
  onNext,
}: {
  form: DepthForm
  messages: number | null
  onBack: () => void
  onNext: () => void
}) {
  return (
    <SetupPage
      region={t('accounts:steps.keep')}
      title={t('accounts:keep.title')}
      text={
        messages === null
          ? t('accounts:keep.text')
          : `${t('accounts:keep.found', { count: messages, shown: numberText(messages) })} ${t('accounts:keep.text')}`
      }
      act={t('accounts:provider.next')}
      ready={form.wanted !== null}
      onBack={onBack}
      onSubmit={onNext}
    >
      <DepthFields form={form} />
    </SetupPage>
  )
}
