/** The verdicts of both programs on one configuration, and what accounts for each difference. */
import type { Diagnostic } from '#platform/config/findings/diagnostic.ts'
import { DIFFERENCES, type Difference, MACHINE, OUR_FATAL, OWN_FINDINGS, type Pair } from './documented.ts'
import type { Verdict } from './keepalived.ts'
import type { Reading } from './ours.ts'

/** fatal: nothing starts on it. clean: nothing was said that is not about the machine. */
export type Class = 'fatal' | 'complaints' | 'clean'

export interface Comparison {
  theirs: Class
  ours: Class
  /** Names of the documented differences that account for the two not being the same; empty when they are. */
  because: string[]
  /** What nothing accounts for. */
  unexplained: string[]
}

/** Exit status of a test after which keepalived starts: clean, complaints, or scripts without script security. */
const STARTS = [0, 5, 6]

export function compare(verdict: Verdict, reading: Reading): Comparison {
  const pair = relevant(verdict, reading)
  const voided = DIFFERENCES.filter(({ voids }) => voids?.(pair) === true).map(({ name }) => name)
  const held = DIFFERENCES.filter(({ holdsBack }) => holdsBack?.(pair) === true).map(({ name }) => name)
  const theirs = theirClass(pair)
  const ours = pair.ours.runs ? classOf(pair.ours.complaints) : 'fatal'
  if (theirs === ours) return { theirs, ours, because: [], unexplained: [] }
  if (voided.length > 0) return { theirs, ours, because: voided, unexplained: [] }
  // What is held back is compared as if it ran.
  const free = held.length > 0 ? classOf(pair.ours.complaints) : ours
  if (theirs === free) return { theirs, ours, because: held, unexplained: [] }
  const { because, unexplained } = account(pair, theirs, free)
  return { theirs, ours, because: [...held, ...because], unexplained }
}

/** Without what is about the machine. */
function relevant(verdict: Verdict, reading: Reading): Pair {
  const ofMachine = (message: string): boolean => MACHINE.some(({ says }) => says.test(message))
  return {
    theirs: { ...verdict, complaints: verdict.messages.filter((message) => !ofMachine(message)) },
    ours: { ...reading, complaints: reading.complaints.filter(({ code }) => !OWN_FINDINGS.test(code)) },
  }
}

function theirClass({ theirs: { status, complaints, messages } }: Pair): Class {
  const includeFailed = status === 6 && !messages.some((message) => message.startsWith('SECURITY VIOLATION'))
  return STARTS.includes(status) && !includeFailed ? classOf(complaints) : 'fatal'
}

function classOf(complaints: readonly unknown[]): Class {
  return complaints.length > 0 ? 'complaints' : 'clean'
}

type Account = Pick<Comparison, 'because' | 'unexplained'>

function account(pair: Pair, theirs: Class, ours: Class): Account {
  if (theirs === 'fatal' || ours === 'fatal') {
    const difference = DIFFERENCES.find(({ start }) => start?.(pair) === true)
    if (difference !== undefined) return { because: [difference.name], unexplained: [] }
    return { because: [], unexplained: [startText(pair, theirs)] }
  }
  return theirs === 'clean' ? accountForFindings(pair.ours.complaints) : accountForMessages(pair.theirs.complaints)
}

function startText({ theirs, ours }: Pair, side: Class): string {
  if (side !== 'fatal')
    return `only failoverd does not start: ${ours.complaints.filter(isFatal).map(findingText).join('; ')}`
  const reason = theirs.messages.find((message) => message.startsWith('***')) ?? theirs.messages.at(-1)
  return `only keepalived does not start: ${theirs.status} ${reason}`
}

function isFatal({ code }: Diagnostic): boolean {
  return OUR_FATAL.test(code)
}

function findingText({ code, keyword, message }: Diagnostic): string {
  return `${code} ${keyword}: ${message}`
}

/** One difference has to account for each thing that was said. */
function accountForFindings(findings: readonly Diagnostic[]): Account {
  return accountFor(findings, ({ finding }, each) => finding?.(each) === true, findingText)
}

function accountForMessages(messages: readonly string[]): Account {
  return accountFor(
    messages,
    ({ message }, each) => message?.test(each) === true,
    (each) => `only keepalived says: ${each}`,
  )
}

function accountFor<T>(
  said: readonly T[],
  covers: (difference: Difference, each: T) => boolean,
  textOf: (each: T) => string,
): Account {
  const found = said.map((each) => ({ each, by: DIFFERENCES.find((difference) => covers(difference, each)) }))
  return {
    because: [...new Set(found.flatMap(({ by }) => (by === undefined ? [] : [by.name])))],
    unexplained: found.flatMap(({ each, by }) => (by === undefined ? [textOf(each)] : [])),
  }
}
