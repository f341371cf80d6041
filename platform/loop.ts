import type { Cause, EventDraft } from '#schemas/envelope.ts'
import type { Published } from './bus-port.ts'
import type { Log } from './log.ts'

/** The pure middle of a service: no clock, no input or output, no waiting. */
export interface Core<State, Input, Fact extends { type: string }, Effect> {
  /** What an input means, given what we know. */
  decide(input: Input, state: State): Fact[]
  /** What we know after a fact. */
  evolve(state: State, fact: Fact): State
  /** What has to be done because of a fact; `state` is already the one after it. */
  react(fact: Fact, state: State): Effect[]
}

export interface LoopOptions<State, Input, Fact extends { type: string }, Effect> {
  core: Core<State, Input, Fact, Effect>
  initial: State
  /**
   * act-first: effects run at once and the event follows, so that no bus ever delays an election.
   * record-first: the effects of an event wait until it is stored, so that a crash resumes from the log.
   */
  order: 'act-first' | 'record-first'
  /** Carries an effect out; results come back as inputs. `cause` goes with whatever follows from it. */
  act(effect: Effect, cause: Cause | null): void
  /** The event that others need of a fact; null for what stays inside. */
  toEvent(fact: Fact): EventDraft | null
  publish(draft: EventDraft, cause: Cause | null): Published
  log: Log
}

export interface Loop<State, Input, Fact> {
  state(): State
  dispatch(input: Input, cause?: Cause | null): void
  /** A fact out of the log: known again, without effects. */
  recall(fact: Fact): void
  /** Takes over a snapshot. */
  reset(state: State): void
}

/**
 * Input → decide → evolve, then act and publish. The only loop: every service runs on it, and it logs each fact once.
 * Inputs that effects cause while one is being handled wait for their turn.
 */
export function createLoop<State, Input, Fact extends { type: string }, Effect>(
  options: LoopOptions<State, Input, Fact, Effect>,
): Loop<State, Input, Fact> {
  const { core, order, act, toEvent, publish, log } = options
  const queue: { input: Input; cause: Cause | null }[] = []
  let state = options.initial
  let running = false

  function carryOut(fact: Fact, cause: Cause | null): void {
    for (const effect of core.react(fact, state)) act(effect, cause)
  }

  function record(fact: Fact, draft: EventDraft, cause: Cause | null): void {
    if (order === 'act-first') {
      // Effects need no id of the event: what follows from them is linked through the input that reports it.
      carryOut(fact, cause)
      logEvent(publish(draft, cause), draft)
      return
    }
    const effects = core.react(fact, state)
    const published = publish(draft, cause)
    logEvent(published, draft)
    const own = causeOf(published)
    void published.stored.then(() => {
      for (const effect of effects) act(effect, own)
    })
  }

  function logEvent({ envelope }: Published, draft: EventDraft): void {
    log.info(
      { event: envelope.id, causedBy: envelope.causationid, entity: draft.entity, data: draft.data },
      draft.data.type,
    )
  }

  function take(fact: Fact, cause: Cause | null): void {
    state = core.evolve(state, fact)
    const draft = toEvent(fact)
    if (draft !== null) {
      record(fact, draft, cause)
      return
    }
    log.trace({ fact }, fact.type)
    carryOut(fact, cause)
  }

  return {
    state: () => state,
    dispatch(input, cause = null) {
      queue.push({ input, cause })
      if (running) return
      running = true
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          for (const fact of core.decide(next.input, state)) take(fact, next.cause)
        }
      } finally {
        running = false
      }
    },
    recall(fact) {
      state = core.evolve(state, fact)
    },
    reset(snapshot) {
      state = snapshot
    },
  }
}

/** What the events that follow from this one carry. */
export function causeOf({ envelope }: { envelope: { id: string; correlationid: string } }): Cause {
  return { id: envelope.id, correlationId: envelope.correlationid }
}
