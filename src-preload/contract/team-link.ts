import * as z from 'zod'

export const NatsServer = z.object({
  kind: z.literal('nats'),
  url: z.url({ protocol: /^(nats|tls)$/ }).max(300),
  token: z.string().max(500),
})
export type NatsServer = z.infer<typeof NatsServer>

/** Over what the team's messages travel. */
export const TeamCarrier = z.discriminatedUnion('kind', [z.object({ kind: z.literal('mailbox') }), NatsServer])
export type TeamCarrier = z.infer<typeof TeamCarrier>

/** How it goes with that. */
export const TeamLinkState = z.enum(['off', 'connecting', 'catching-up', 'live', 'offline', 'delayed', 'failed'])
export type TeamLinkState = z.infer<typeof TeamLinkState>
