import {
  ArrowDownUp,
  Bell,
  Building2,
  ClipboardList,
  Info,
  Keyboard,
  LifeBuoy,
  ListFilter,
  Lock,
  Mail,
  Moon,
  Shield,
  Tag,
  User,
  Users,
  UsersRound,
} from 'lucide-react'
import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { LucideIcon } from '../ui/icon'

/** A page of settings gets the part of its address after its id: `mailboxes/3` gives "3". */
export interface SettingsPage {
  readonly id: string
  readonly group: 'you' | 'workspace' | 'trust'
  readonly icon: LucideIcon
  readonly page: LazyExoticComponent<ComponentType<{ part: string | null }>>
}

/** Every page of settings, in the order of the sidebar. Its name stands in the words under `settings:pages`. */
export const settingsPages = [
  {
    id: 'profile',
    group: 'you',
    icon: User,
    page: lazy(() => import('../settings/profile').then((module) => ({ default: module.Profile }))),
  },
  {
    id: 'notifications',
    group: 'you',
    icon: Bell,
    page: lazy(() => import('../settings/notifications').then((module) => ({ default: module.Notifications }))),
  },
  {
    id: 'appearance',
    group: 'you',
    icon: Moon,
    page: lazy(() => import('../settings/appearance').then((module) => ({ default: module.Appearance }))),
  },
  {
    id: 'shortcuts',
    group: 'you',
    icon: Keyboard,
    page: lazy(() => import('../settings/shortcuts').then((module) => ({ default: module.Shortcuts }))),
  },
  {
    id: 'general',
    group: 'workspace',
    icon: Building2,
    page: lazy(() => import('../settings/general').then((module) => ({ default: module.General }))),
  },
  {
    id: 'mailboxes',
    group: 'workspace',
    icon: Mail,
    page: lazy(() => import('./mailbox-settings').then((module) => ({ default: module.MailboxSettings }))),
  },
  {
    id: 'team',
    group: 'workspace',
    icon: Users,
    page: lazy(() => import('../settings/team').then((module) => ({ default: module.Team }))),
  },
  {
    id: 'tags',
    group: 'workspace',
    icon: Tag,
    page: lazy(() => import('../settings/tags').then((module) => ({ default: module.Tags }))),
  },
  {
    id: 'views',
    group: 'workspace',
    icon: ListFilter,
    page: lazy(() => import('../settings/views').then((module) => ({ default: module.Views }))),
  },
  {
    id: 'fields',
    group: 'workspace',
    icon: ClipboardList,
    page: lazy(() => import('../settings/fields').then((module) => ({ default: module.Fields }))),
  },
  {
    id: 'groups',
    group: 'workspace',
    icon: UsersRound,
    page: lazy(() => import('../settings/groups').then((module) => ({ default: module.Groups }))),
  },
  {
    id: 'transfers',
    group: 'workspace',
    icon: ArrowDownUp,
    page: lazy(() => import('../settings/transfers').then((module) => ({ default: module.Transfers }))),
  },
  {
    id: 'privacy',
    group: 'trust',
    icon: Shield,
    page: lazy(() => import('../privacy/privacy').then((module) => ({ default: module.Privacy }))),
  },
  {
    id: 'security',
    group: 'trust',
    icon: Lock,
    page: lazy(() => import('../settings/security').then((module) => ({ default: module.Security }))),
  },
  {
    id: 'support',
    group: 'trust',
    icon: LifeBuoy,
    page: lazy(() => import('../privacy/contact-support').then((module) => ({ default: module.ContactSupport }))),
  },
  {
    id: 'about',
    group: 'trust',
    icon: Info,
    page: lazy(() => import('../settings/about').then((module) => ({ default: module.About }))),
  },
] as const satisfies readonly SettingsPage[]

export type SettingsPageId = (typeof settingsPages)[number]['id']

/** The page that an address such as `mailboxes/3` means; the first one where there is none. */
export function findPage(address: string | null): { id: SettingsPageId; part: string | null } {
  const [name = '', part] = (address ?? '').split('/')
  return { id: settingsPages.find((page) => page.id === name)?.id ?? settingsPages[0].id, part: part ?? null }
}
