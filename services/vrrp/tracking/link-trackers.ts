/** What the kernel tells of links and addresses, as reports of things that are tracked. */
import type { TrackerReport } from '../core/tracking.ts'
import type { LinkEvent } from '../ports.ts'

export function reportOf(event: LinkEvent): TrackerReport {
  switch (event.type) {
    case 'LinkChanged': {
      const { interface: name, adminUp, carrier } = event.link
      if (adminUp && carrier) return { kind: 'interface', name, status: 'up', detail: null, value: null }
      return down('interface', name, adminUp ? 'has no carrier' : 'is switched off')
    }
    case 'LinkGone':
      return down('interface', event.interface, 'does not exist')
    case 'AddressPresent':
      return { kind: 'address', name: addressName(event), status: 'up', detail: null, value: null }
    case 'AddressGone':
      return down('address', addressName(event), 'is not there')
  }
}

function down(kind: TrackerReport['kind'], name: string, detail: string): TrackerReport {
  return { kind, name, status: 'down', detail, value: null }
}

/** By which a source address is tracked (schemas/tracking.ts). */
function addressName({ address, interface: device }: { address: string; interface: string }): string {
  return `${address} dev ${device}`
}
