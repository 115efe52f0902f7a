// Prints the failed tests of vitest's JSON reports in a directory, with the first lines of why.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const MESSAGE_LINES = 12
const [directory] = process.argv.slice(2)

for (const name of readdirSync(directory).filter((file) => file.endsWith('.json'))) {
  const { testResults } = JSON.parse(readFileSync(join(directory, name), 'utf8'))
  for (const file of testResults) {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed')
    const where = `${name.replace('.json', '')}: ${relative(process.cwd(), file.name)}`
    if (failed.length === 0 && file.status === 'failed') tell(where, [file.message])
    for (const test of failed) tell(`${where} > ${test.fullName}`, test.failureMessages)
  }
}

function tell(title, messages) {
  console.log(`--- ${title}`)
  const lines = messages.join('\n').split('\n')
  for (const line of lines.slice(0, MESSAGE_LINES)) console.log(`    ${line}`)
}
