/** The configurations that are compared: real ones, and mutants of them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Candidate, Surroundings } from './keepalived.ts'
import { mutate, seededDice } from './mutator.ts'

const CORPUS = fileURLToPath(new URL('../../../shared/corpus/files/', import.meta.url))
/** From keepalived's own Debian package. */
const SAMPLES = '/usr/share/doc/keepalived/samples'

export interface Original {
  name: string
  text: string
}

/** Real configurations of the folders that are here, and where they are from. */
export function originals(): Original[] {
  return [CORPUS, SAMPLES].filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.includes('.conf'))
      .sort()
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
  )
}

export function hasCorpus(): boolean {
  return existsSync(CORPUS)
}

/** The originals as they are, then `count` mutants of them, written to `folder`. The same in every run with one `firstSeed`. */
export function writeCandidates(
  sources: readonly Original[],
  { count, firstSeed }: { count: number; firstSeed: number },
  folder: string,
): Candidate[] {
  const { namespaces } = surroundingsOf(sources)
  const place = ({ name, text }: Original): Candidate => {
    const path = join(folder, name)
    writeFileSync(path, text)
    const named = [...text.matchAll(/net_namespace(?:_ipvs)?[ \t]+"?([^\s"#!]+)/g)].map(
      ([, namespace = '']) => namespace,
    )
    return { path, configId: firstId(text), unchecked: named.some((each) => !namespaces.includes(each)) }
  }
  const mutants = Array.from({ length: count }, (_, index) => {
    const seed = firstSeed + index
    const source = sources[seed % sources.length] ?? { name: 'none', text: '' }
    const { text } = mutate(source.text, seededDice(seed))
    return { name: `m${seed}-${source.name}`, text }
  })
  return [...sources, ...mutants].map(place)
}

/** The first `@ID` of a file, so that what stands behind it is read. */
function firstId(text: string): string {
  return /^\s*@(\w[\w-]*)\s/m.exec(text)?.[1] ?? 'none'
}

/** The interfaces in the files, named as the distributions do, and the network namespaces. */
export function surroundingsOf(sources: readonly Original[]): Surroundings {
  const all = (pattern: RegExp): string[] => {
    const names = sources.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name = '']) => name))
    return [...new Set(names)].filter((name) => name.length < 16).sort()
  }
  return {
    users: all(/^\s*(?:script_)?user[ \t]+([a-z]\w*)/gm),
    links: all(/\b((?:eth|en[ops]|em|bond|br|lacp|wl|xenbr)\d[\w.]*)/g),
    namespaces: all(/net_namespace(?:_ipvs)?[ \t]+(\w+)/g),
  }
}
