import { app, Notification } from 'electron'

export interface Notice {
  readonly title: string
  readonly body: string
  readonly conversationId: number | null
}

/** More at once than these and the oldest are taken away again. */
const most = 5

/** The system's notifications, and the number on the program's icon. */
export class Notices {
  private readonly shown: Notification[] = []

  /** @param onClick shows the window, and the conversation where the notice is about one */
  constructor(private readonly onClick: (conversationId: number | null) => void) {}

  /** @returns false where the system shows none */
  show({ title, body, conversationId }: Notice): boolean {
    if (!Notification.isSupported()) return false
    const notice = new Notification({ title, body })
    notice.on('click', () => this.onClick(conversationId))
    notice.on('close', () => this.forget(notice))
    // Kept, or it is collected before anybody clicks on it.
    this.shown.push(notice)
    while (this.shown.length > most) this.shown.shift()?.close()
    notice.show()
    return true
  }

  /** Locked, or taken out: nothing that mail says stays on the screen. */
  takeBack(): void {
    for (const notice of this.shown.splice(0)) notice.close()
  }

  badge(count: number): void {
    app.setBadgeCount(count)
  }

  private forget(notice: Notification): void {
    const at = this.shown.indexOf(notice)
    if (at >= 0) this.shown.splice(at, 1)
  }
}
