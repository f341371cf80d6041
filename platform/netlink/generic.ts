/**
 * Generic netlink (linux/genetlink.h):
 *
 *   genlmsghdr   command u8 | version u8 | reserved u16 | attributes
 *
 * A family's number is given at its registration; the controller tells it by name.
 */
import { attributeText, decodeAttributes, readUnsigned } from './attributes.ts'
import { NETLINK_GENERIC, type NetlinkReply, type NetlinkRequest, openNetlink } from './socket.ts'

const GENL_ID_CTRL = 16
const CTRL_CMD_GETFAMILY = 3
const CTRL_ATTR_FAMILY_ID = 1
const CTRL_ATTR_FAMILY_NAME = 2
const HEADER = 4

export interface GenericCommand {
  command: number
  attributes: readonly Buffer[]
}

export interface GenericSocket {
  /** One system call for all; one reply each, in their order. Bodies begin with the generic header. */
  request(commands: readonly GenericCommand[]): NetlinkReply[]
  /** The attributes of each message of a dump. @throws HaError NETLINK */
  dump(command: GenericCommand): Buffer[]
  close(): void
}

/** A socket for one family; null when the kernel has none of that name. @throws HaError NETLINK */
export function openGeneric(family: string, version: number): GenericSocket | null {
  const socket = openNetlink(NETLINK_GENERIC)
  const query = { command: CTRL_CMD_GETFAMILY, attributes: [attributeText(CTRL_ATTR_FAMILY_NAME, family)] }
  const [reply] = socket.request([encodeGeneric(GENL_ID_CTRL, 1, query)])
  const [answer] = reply?.ok === true ? reply.messages : []
  if (answer === undefined) {
    socket.close()
    return null
  }
  const id = readUnsigned(decodeAttributes(answer.body.subarray(HEADER)), CTRL_ATTR_FAMILY_ID)
  return {
    request: (commands) => socket.request(commands.map((command) => encodeGeneric(id, version, command))),
    dump: (command) => socket.dump(encodeGeneric(id, version, command)).map(({ body }) => body.subarray(HEADER)),
    close: () => socket.close(),
  }
}

export function encodeGeneric(family: number, version: number, command: GenericCommand): NetlinkRequest {
  const header = Buffer.from([command.command, version, 0, 0])
  return { type: family, flags: 0, body: Buffer.concat([header, ...command.attributes]) }
}
