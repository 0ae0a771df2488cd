import { Check } from 'lucide-react'
import { t } from '../text'
import { Icon } from '../ui/icon'

/** The rail of steps at the start side: what is done, where the person is, what comes. */
export function Steps({ steps, at }: { steps: readonly string[]; at: number }) {
  return (
    <nav className="steps-rail" aria-label={t('accounts:steps.label')}>
      <ol className="steps">
        {steps.map((step, index) => (
          <li
            key={step}
            className={index < at ? 'done' : index === at ? 'on' : ''}
            aria-current={index === at ? 'step' : undefined}
          >
            <span className="b">{index < at ? <Icon icon={Check} small /> : index + 1}</span>
            {step}
          </li>
        ))}
      </ol>
      <p className="meta t3">{t('accounts:steps.note')}</p>
    </nav>
  )
}
