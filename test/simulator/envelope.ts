import type { Envelope, EventDraft } from '#schemas/envelope.ts'

/** An event as it would stand in the log, of which nobody here reads more than the data. */
export function envelopeOf({ entity, data }: EventDraft): Envelope {
  return {
    ...{ specversion: '1.0', id: 'id', source: '/s', type: 't', time: '', subject: entity },
    ...{ datacontenttype: 'application/json', data, sequence: 1, hlc: '', correlationid: 'id', prevhash: '' },
  }
}
