import type * as z from 'zod'
import type { BusAccess } from '#schemas/settings.ts'
import { controlSubject, type NodeName, type ServiceName } from '#schemas/subjects.ts'
import { reach } from './bus-reader.ts'
import { HaError } from './errors.ts'

/** A service that has not answered by then hangs, or does not run. */
const PATIENCE_MS = 2_000

/** A running service, for those who ask it something. */
export interface Inquiry<Request, Reply> {
  /** @throws HaError BUS_AWAY, SERVICE_SILENT */
  ask(request: Request): Promise<Reply>
  close(): Promise<void>
}

/** @throws HaError BUS_AWAY when no server answers within two seconds */
export async function openInquiry<Request, Reply>(
  access: BusAccess,
  node: NodeName,
  service: ServiceName,
  schema: z.ZodType<Reply>,
): Promise<Inquiry<Request, Reply>> {
  const connection = await reach(access)
  return {
    async ask(request) {
      try {
        const subject = controlSubject(node, service)
        const message = await connection.request(subject, JSON.stringify(request), { timeout: PATIENCE_MS })
        return schema.parse(message.json())
      } catch (cause) {
        throw new HaError('SERVICE_SILENT', `${service} of ${node.node} does not answer`, { cause })
      }
    },
    close: () => connection.close(),
  }
}
