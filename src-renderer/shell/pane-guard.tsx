import { OctagonAlert } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'

/** Keeps a fault in one pane from taking the window along. A new `resetKey` shows the pane again. */
export class PaneGuard extends Component<
  {
    children: ReactNode
    resetKey: string
    /** It is all that is shown: it has the heading of the window. */ page?: boolean
  },
  { failed: boolean; key: string }
> {
  override state = { failed: false, key: this.props.resetKey }

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  static getDerivedStateFromProps(
    props: { resetKey: string },
    state: { failed: boolean; key: string },
  ): { failed: boolean; key: string } | null {
    return props.resetKey === state.key ? null : { failed: false, key: props.resetKey }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return (
      <section className="pane">
        <div className="scroll center" role="alert">
          <EmptyState
            icon={OctagonAlert}
            page={this.props.page}
            title={t('common:places.crashedTitle')}
            action={<Button onClick={() => this.setState({ failed: false })}>{t('common:places.crashedAgain')}</Button>}
          >
            {t('common:places.crashedText')}
          </EmptyState>
        </div>
      </section>
    )
  }
}
