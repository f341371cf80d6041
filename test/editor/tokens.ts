/** What an editor makes of a text: the engine and the regular expressions of Visual Studio Code. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import oniguruma from 'vscode-oniguruma'
import textmate from 'vscode-textmate'

export interface Token {
  text: string
  /** The innermost scope. */
  scope: string
  scopes: string[]
}

/** A function that takes lines apart as the grammar says. */
export async function openGrammar(grammar: object): Promise<(text: string) => Token[][]> {
  const path = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm')
  await oniguruma.loadWASM(readFileSync(path))
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(JSON.stringify(grammar), 'grammar.json')),
  })
  const loaded = await registry.loadGrammar('source.keepalived')
  if (loaded === null) throw new Error('the grammar was not loaded')
  return (text) => {
    let state = textmate.INITIAL
    return text.split('\n').map((line) => {
      const { tokens, ruleStack } = loaded.tokenizeLine(line, state)
      state = ruleStack
      return tokens.map(({ startIndex, endIndex, scopes }) => {
        return { text: line.slice(startIndex, endIndex), scope: scopes.at(-1) ?? '', scopes }
      })
    })
  }
}
