import {
  AlarmClock,
  AtSign,
  Bookmark,
  Circle,
  CircleCheck,
  Clock,
  Inbox,
  OctagonAlert,
  PenLine,
  Send,
  User,
  UserCheck,
  Users,
} from 'lucide-react'
import type { View } from '../../src-preload/contract'
import type { LucideIcon } from '../ui/icon'

/** The sign of each view that comes with the program, wherever it is named. */
export const viewIcons: Record<View, LucideIcon> = {
  inbox: Inbox,
  unassigned: Circle,
  mine: User,
  groups: Users,
  mentions: AtSign,
  followed: Bookmark,
  assigned: UserCheck,
  snoozed: AlarmClock,
  pending: Clock,
  drafts: PenLine,
  outbox: Send,
  closed: CircleCheck,
  spam: OctagonAlert,
}
