import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'

export interface TakenMail {
  to: string[]
  helo: string
  text: string
  messageId: string
  subject: string
}

export interface Answer {
  code: number
  text: string
}

/** What to answer to a text instead of taking it. */
type Listener = (text: string) => Promise<Answer | undefined> | Promise<void> | Answer | undefined | void

export interface SmtpSink {
  port: number
  taken: TakenMail[]
  /** Answers for recipients instead of taking them: `450 later`. */
  refuse(recipient: string, answer: Answer | null): void
  /** Called when a text has been received, before it is answered. */
  onText(listener: Listener): void
  close(): Promise<void>
}

/** A real SMTP server on the loopback interface. `port` 0: any free one. */
export async function smtpSink(port = 0): Promise<SmtpSink> {
  const taken: TakenMail[] = []
  const refused = new Map<string, Answer>()
  let listener: Listener = () => {}
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      const answer = refused.get(address)
      if (answer === undefined) return callback()
      callback(failure(answer))
    },
    onData(stream, session, callback) {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', async () => {
        const answer = await listener(text)
        if (answer !== undefined) return callback(failure(answer))
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

function failure({ code, text }: Answer): Error {
  return Object.assign(new Error(text), { responseCode: code })
}
