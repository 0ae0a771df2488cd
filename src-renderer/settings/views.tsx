import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { SavedView } from '../../src-preload/contract'
import { t } from '../text'
import { Button, IconButton } from '../ui/button'
import { CardTable } from '../ui/card-table'
import { Switch } from '../ui/field'
import { Icon } from '../ui/icon'
import { MoreMenu } from '../ui/menu'
import { Page } from '../ui/page'
import { DefinitionConflicts } from '../work/definition-conflicts'
import { hideView, moveView, removeView, useViewLines } from '../work/use-views'
import { ViewDialog } from '../work/view-dialog'
import './settings.css'

/** The views of this person's sidebar: order, which are shown, and those that people made. */
export function Views() {
  const lines = useViewLines()
  const [edited, setEdited] = useState<SavedView | 'new' | null>(null)
  return (
    <Page
      title={t('views:page.title')}
      end={
        <Button kind="primary" icon={Plus} onClick={() => setEdited('new')}>
          {t('views:new')}
        </Button>
      }
    >
      <DefinitionConflicts kind="view" />
      <div>
        <p className="t2 views-text">{t('views:page.text')}</p>
        <CardTable
          heads={[t('views:page.name'), t('views:page.kind'), t('views:page.shown')]}
          acts={t('views:page.acts')}
        >
          {lines.map((line, index) => {
            const { id, label, icon, saved, hidden } = line
            return (
              <tr key={id} className={hidden ? 't3' : ''}>
                <td>
                  <span className="x">
                    <span className="t2">
                      <Icon icon={icon} />
                    </span>
                    <bdi className="cut">{label}</bdi>
                  </span>
                </td>
                <td className="t2">
                  {saved === null ? t('views:page.builtIn') : t(saved.own ? 'views:dialog.own' : 'views:dialog.team')}
                </td>
                <td>
                  <Switch
                    on={!hidden}
                    label={t('views:page.inSidebar', { label })}
                    onChange={(on) => void hideView(line, !on)}
                  />
                </td>
                <td className="r">
                  <span className="x g1 end-acts">
                    <IconButton
                      icon={ArrowUp}
                      size="sm"
                      label={t('views:page.up', { label })}
                      disabled={index === 0}
                      onClick={() => void moveView(lines, id, -1)}
                    />
                    <IconButton
                      icon={ArrowDown}
                      size="sm"
                      label={t('views:page.down', { label })}
                      disabled={index === lines.length - 1}
                      onClick={() => void moveView(lines, id, 1)}
                    />
                    {saved && (
                      <MoreMenu
                        label={t('views:page.more', { label })}
                        items={[
                          { label: t('views:edit'), icon: Pencil, onSelect: () => setEdited(saved) },
                          'separator',
                          {
                            label: t('views:remove'),
                            icon: Trash2,
                            danger: true,
                            onSelect: () => void removeView(saved),
                          },
                        ]}
                      />
                    )}
                  </span>
                </td>
              </tr>
            )
          })}
        </CardTable>
      </div>
      {edited && (
        <ViewDialog
          view={edited === 'new' ? null : edited}
          begin={[{ on: 'status', any: ['open'] }]}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  )
}
