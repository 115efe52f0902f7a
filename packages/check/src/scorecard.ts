import pc from 'picocolors'
import type { CheckResult, Counts, Exit, ScenarioResult, Verdict } from './result.ts'

const MARKS: Record<Verdict, string> = {
  passed: pc.green('✓'),
  failed: pc.red('✗'),
  skipped: pc.dim('–'),
}
const WIDTH = 100

/** What was checked, before anything is known. */
export function renderHead({
  url,
  command,
  tool,
}: Pick<CheckResult, 'url' | 'command' | 'tool'>): string {
  return `${pc.bold('hangup-check')} ${pc.dim(tool)}  ${url}  ${pc.dim(command.join(' '))}\n\n`
}

/** One scenario: its counts, and where it failed why, and what helps. */
export function renderScenario(result: ScenarioResult, columns = WIDTH): string {
  const { title, verdict, reasons, advice, counts, exit, stderr } = result
  const width = Math.min(columns, WIDTH)
  if (verdict === 'skipped') {
    return [
      `${MARKS.skipped} ${pc.dim(title)}`,
      ...indent(reasons.join(' '), width).map(pc.dim),
    ].join('\n')
  }
  const seen = [countsInWords(counts)]
  if (exit !== undefined) seen.push(exitInWords(exit))
  if (stderr.lines > 0)
    seen.push(`${stderr.lines} ${stderr.lines === 1 ? 'line' : 'lines'} on stderr`)
  return [
    `${MARKS[verdict]} ${verdict === 'failed' ? pc.bold(title) : title}`,
    ...indent(seen.join('; '), width).map(pc.dim),
    ...reasons.flatMap((reason) => indent(reason, width)).map(pc.red),
    ...(advice === undefined ? [] : indent(advice, width)),
  ].join('\n')
}

/** The last lines: how many passed, and what was lost in all. */
export function renderSum({ scenarios, passed }: CheckResult): string {
  const having = (verdict: Verdict) =>
    scenarios.filter((scenario) => scenario.verdict === verdict).length
  const sumOf = (kind: keyof Counts) => scenarios.reduce((sum, { counts }) => sum + counts[kind], 0)
  const asked = scenarios
    .flatMap(({ counts }) => Object.values(counts))
    .reduce((sum, count) => sum + count, 0)
  const gone = sumOf('failed') + sumOf('lost') + sumOf('truncated') + sumOf('hung')
  const verdict = passed ? pc.green('Passed') : pc.red('Failed')
  return (
    `\n${pc.bold(verdict)}: ${having('passed')} passed, ${having('failed')} failed, ${having('skipped')} skipped. ` +
    `${gone} of ${asked} requests got no proper answer.\n`
  )
}

export function countsInWords(counts: Counts): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  return some.length === 0
    ? 'no requests'
    : some.map(([kind, count]) => `${count} ${kind}`).join(', ')
}

function exitInWords({ code, signal, afterMs }: Exit): string {
  const how = code === null ? `ended by ${signal}` : `exit code ${code}`
  return `${how} after ${(afterMs / 1_000).toFixed(1)} s`
}

/** In lines that end at `width`. */
function indent(text: string, width: number): string[] {
  const lines: string[] = []
  let line = '   '
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = '   '
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
