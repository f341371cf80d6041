/**
 * Classic BPF programs (linux/filter.h):
 *
 *   sock_filter   code u16 | jump if true u8 | jump if false u8 | operand u32
 */

/** One instruction; jumps count instructions to skip. */
export type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number]

export const BPF_LOAD_WORD = 0x20
export const BPF_LOAD_HALF = 0x28
export const BPF_LOAD_BYTE = 0x30
export const BPF_JUMP_EQUAL = 0x15
export const BPF_RETURN = 0x06
/** Operand of a load that reads the packet's direction (PACKET_OUTGOING …) instead of its bytes. */
export const BPF_PACKET_TYPE = 0xffff_f004
/** Operand of a load that reads the ethertype instead of the packet's bytes. */
export const BPF_ETHERTYPE = 0xffff_f000

/** Added to the operand of a load: counts from the link-layer header, on sockets that begin behind it. */
export const BPF_LINK_HEADER = 0xffe0_0000

export function encodeFilter(program: readonly Instruction[]): Buffer {
  const out = Buffer.alloc(program.length * 8)
  for (const [index, [code, ifTrue, ifFalse, operand]] of program.entries()) {
    out.writeUInt16LE(code, index * 8)
    out.writeUInt8(ifTrue, index * 8 + 2)
    out.writeUInt8(ifFalse, index * 8 + 3)
    out.writeUInt32LE(operand, index * 8 + 4)
  }
  return out
}
