import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { DefinedKind } from '../../src-preload/contract'
import { Button } from '../ui/button'
import { CardTable, type TableHead } from '../ui/card-table'
import { EmptyState } from '../ui/empty-state'
import type { LucideIcon } from '../ui/icon'
import { Page } from '../ui/page'
import { DefinitionConflicts } from '../work/definition-conflicts'
import './settings.css'

/** A page of things that people make: a button for a new one, and their table or what stands there while there are none. */
export function MadeList({
  title,
  add,
  onAdd,
  text,
  empty,
  heads,
  acts,
  rows,
  kind,
  children,
}: {
  title: string
  add: string
  onAdd: () => void
  text?: string
  empty: { icon: LucideIcon; title: string; text: string }
  heads: readonly TableHead[]
  /** What the last column holds, for screen readers. */
  acts: string
  rows: readonly ReactNode[]
  kind: DefinedKind
  /** The dialogs. */
  children: ReactNode
}) {
  return (
    <Page
      title={title}
      end={
        <Button kind="primary" icon={Plus} onClick={onAdd}>
          {add}
        </Button>
      }
    >
      <DefinitionConflicts kind={kind} />
      <div>
        {text !== undefined && <p className="t2 views-text">{text}</p>}
        {rows.length === 0 ? (
          <div className="card">
            <EmptyState icon={empty.icon} title={empty.title}>
              {empty.text}
            </EmptyState>
          </div>
        ) : (
          <CardTable heads={heads} acts={acts}>
            {rows}
          </CardTable>
        )}
      </div>
      {children}
    </Page>
  )
}
