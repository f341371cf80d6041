import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'

export interface TakenMail {
  to: string[]
  helo: string
  text: string
  messageId: string
  subject: string
}

export interface SmtpSink {
  port: number
  taken: TakenMail[]
  /** Answers for recipients instead of taking them: `450 later`. */
  refuse(recipient: string, answer: { code: number; text: string } | null): void
  /** Called when a text has been received, before it is answered. */
  onText(listener: () => Promise<void> | void): void
  close(): Promise<void>
}

/** A real SMTP server on the loopback interface. `port` 0: any free one. */
export async function smtpSink(port = 0): Promise<SmtpSink> {
  const taken: TakenMail[] = []
  const refused = new Map<string, { code: number; text: string }>()
  let listener: () => Promise<void> | void = () => {}
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      const answer = refused.get(address)
      if (answer === undefined) return callback()
      callback(Object.assign(new Error(answer.text), { responseCode: answer.code }))
    },
    onData(stream, session, callback) {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', async () => {
        await listener()
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1]?.trim() ?? ''
        const to = session.envelope.rcptTo.map(({ address }) => address)
        const helo = session.hostNameAppearsAs
        taken.push({ to, helo, text, messageId: field('Message-ID'), subject: field('Subject') })
        callback()
      })
    },
  })
  // A client that is killed in the middle of a conversation is what some tests are about.
  server.on('error', () => undefined)
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    taken,
    refuse: (recipient, answer) => void (answer === null ? refused.delete(recipient) : refused.set(recipient, answer)),
    onText(next) {
      listener = next
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
