import { forbidNetwork } from '../shared/network-gate'
import { giveBackAtRest } from '../shared/rest'
import { yieldToWindow } from '../shared/yield'
import { serveStoreThread } from './thread-jobs'

/** The script of the store's thread. It is an entry of its own because a thread takes memory for all the code that it loads. */
giveBackAtRest()
forbidNetwork(() => undefined)
yieldToWindow()
serveStoreThread()
