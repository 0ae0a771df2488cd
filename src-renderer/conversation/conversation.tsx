import { CircleOff } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react'
import type { Conversation as ConversationData, Message } from '../../src-preload/contract'
import { useQuery } from '../live'
import { setRead } from '../state/acts'
import { answeredMessage } from '../state/answered'
import { onFirstHand } from '../state/hand'
import { openConversation } from '../state/places'
import { useShortcuts } from '../state/shortcuts'
import { errorText, t } from '../text'
import { About, useStateAbout } from '../ui/about'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Opening } from '../ui/later'
import { Conflicts } from './conflicts'
import { useMentionSeen } from './follow-button'
import { warmFrame } from '../mail-frame/frames'
import { Head } from './head'
import { followLink, LinkDialog, type CheckedLink } from './link-dialog'
import { LinkTarget } from '../mail-frame/link-target'
import { themeNow } from '../mail-frame/look'
import { MergeDialog } from './merge-dialog'
import { PresenceStrip } from './presence-strip'
import { SourceDialog } from './source-dialog'
import { SplitDialog } from './split-dialog'
import { Thread } from './thread'
import { visibleTextOf } from './visible'
import { WhyDialog } from './why-dialog'
import './conversation.css'

/** How long an unread conversation is looked at before it counts as read. */
const readAfterMs = 1000

export interface ReplyRequest {
  /** Grows with each request, so that the same one can be made twice. */
  n: number
  kind: 'reply' | 'reply-all' | 'forward'
  messageId: number
}

/** What the composer at the foot is given. */
export interface ComposerSlot {
  conversation: ConversationData
  /** The last thing that was asked of it; null: nothing yet. */
  request: ReplyRequest | null
  /** What can be seen of a message, for the quote (R19); null when it is not on screen. */
  visibleTextOf: (messageId: number) => Promise<string | null>
}

export interface ConversationProps {
  id: number
  /** The composer, put at the foot. */
  composer: (slot: ComposerSlot) => ReactNode
  /** A mailto: link was followed (R17). */
  onMailto: (url: string) => void
}

/**
 * Starts what conversations need before the first one opens: the theme of mails, and a warm frame. The frame's process costs
 * memory and start-up time, so it waits for the first sign of a person.
 */
export function prepareConversations(): void {
  themeNow()
  onFirstHand(warmFrame)
}

function useMarkRead(conversation: ConversationData): void {
  const { id } = conversation
  const unread = conversation.messages.some((message) => !message.seen && message.direction === 'in')
  useEffect(() => {
    if (!unread) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const start = () => {
      clearTimeout(timer)
      if (document.hasFocus() && document.visibilityState === 'visible')
        timer = setTimeout(() => void setRead([id], true, true), readAfterMs)
    }
    const stop = () => clearTimeout(timer)
    start()
    window.addEventListener('focus', start)
    window.addEventListener('blur', stop)
    return () => {
      stop()
      window.removeEventListener('focus', start)
      window.removeEventListener('blur', stop)
    }
  }, [id, unread])
}

/** Stays from one conversation to the next, since head and menus cost much to build; its state is therefore about the one that is shown. */
function Loaded({
  conversation,
  composer,
  onMailto,
}: { conversation: ConversationData } & Pick<ConversationProps, 'composer' | 'onMailto'>) {
  const [asked, setAsked] = useStateAbout<CheckedLink | null>(null)
  const [source, setSource] = useStateAbout<number | null>(null)
  const [why, setWhy] = useStateAbout<number | null>(null)
  const [sorting, setSorting] = useStateAbout<'merge' | 'split' | null>(null)
  const [request, setRequest] = useStateAbout<ReplyRequest | null>(null)
  const requests = useRef(0)
  useMarkRead(conversation)
  useMentionSeen(conversation)

  const onLink = useCallback(
    (url: string, text: string) => followLink(url, text, setAsked, onMailto),
    [setAsked, onMailto],
  )
  const ask = useCallback(
    (message: Pick<Message, 'id'>, kind: ReplyRequest['kind']) =>
      setRequest({ n: (requests.current += 1), kind, messageId: message.id }),
    [setRequest],
  )
  const acts = useMemo(() => ({ onReply: ask, onSource: setSource, onWhy: setWhy }), [ask, setSource, setWhy])

  const { messages } = conversation
  const answered = answeredMessage(messages)
  const askLast = (kind: ReplyRequest['kind']) => (answered ? ask(answered, kind) : false)
  useShortcuts([
    {
      act: 'reply',
      run: () => askLast('reply'),
    },
    {
      act: 'replyAll',
      run: () => askLast('reply-all'),
    },
    {
      act: 'forwardMessage',
      run: () => askLast('forward'),
    },
    {
      act: 'merge',
      run: () => setSorting('merge'),
    },
    {
      act: 'split',
      run: () => (messages.length > 1 ? setSorting('split') : false),
    },
  ])

  return (
    <>
      <Head
        conversation={conversation}
        onSource={setSource}
        onMerge={() => setSorting('merge')}
        onSplit={() => setSorting('split')}
      />
      <PresenceStrip conversationId={conversation.id} />
      {conversation.checking && (
        <div className="banner" role="status">
          <span className="grow">{t('conversation:checking')}</span>
        </div>
      )}
      {conversation.conflicts.length > 0 && (
        <Conflicts key={`conflicts of ${conversation.id}`} conversation={conversation} />
      )}
      <div className="thread-pane">
        <Thread key={conversation.id} conversation={conversation} onLink={onLink} acts={acts} />
        <LinkTarget />
      </div>
      {composer({ conversation, request, visibleTextOf })}
      {asked && <LinkDialog link={asked} onClose={() => setAsked(null)} />}
      {source !== null && <SourceDialog messageId={source} onClose={() => setSource(null)} />}
      {why !== null && <WhyDialog messageId={why} alone={messages.length < 2} onClose={() => setWhy(null)} />}
      {sorting === 'merge' && <MergeDialog conversation={conversation} onClose={() => setSorting(null)} />}
      {sorting === 'split' && <SplitDialog conversation={conversation} onClose={() => setSorting(null)} />}
    </>
  )
}

function Waiting() {
  return (
    <div className="thread waiting" role="status" aria-label={t('conversation:state.loading')}>
      <div className="skel title" />
      <div className="skel" />
      <div className="skel short" />
      <div className="skel" />
    </div>
  )
}

/** The conversation pane: head, messages, composer; its own loading, failed and gone states. */
export function Conversation({ id, composer, onMailto }: ConversationProps) {
  const { data, error, slow, refetch } = useQuery('conversations.get', { id }, [id])
  let inside: ReactNode = null
  if (error?.code === 'not-found') {
    inside = (
      <EmptyState
        icon={CircleOff}
        title={t('conversation:state.goneTitle')}
        action={<Button onClick={() => openConversation(null)}>{t('conversation:state.back')}</Button>}
      >
        {t('conversation:state.goneText')}
      </EmptyState>
    )
  } else if (data) {
    inside = (
      <About value={data.id}>
        <Loaded conversation={data} composer={composer} onMailto={onMailto} />
      </About>
    )
  } else if (error) {
    inside = (
      <EmptyState
        icon={CircleOff}
        title={t('conversation:state.failedTitle')}
        action={<Button onClick={refetch}>{t('retry')}</Button>}
      >
        {errorText(error)}
      </EmptyState>
    )
  } else inside = slow ? <Waiting /> : <Opening />
  return (
    <section className="pane conv" aria-label={t('conversation:region')} tabIndex={-1} data-pane="conversation">
      {inside}
    </section>
  )
}
