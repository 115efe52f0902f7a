import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { inspect } from 'node:util'
import { help } from './help.ts'
import { type CheckOptions, parseCommandLine } from './options.ts'
import { createProgress } from './progress.ts'
import { renderReport } from './report/render-report.ts'
import { runCheck } from './run-check.ts'
import { scenarios } from './scenarios/index.ts'
import { renderHead, renderSum } from './scorecard.ts'
import { isUsageError, UsageError } from './usage-error.ts'
import { version } from './version.ts'

/** The command: runs a check, says what it found, and gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const line = parseCommandLine(
      args,
      scenarios.map(({ name }) => name),
    )
    if (line.kind === 'check') return await check(line.options)
    process.stdout.write(line.kind === 'help' ? help : `${version}\n`)
    return 0
  } catch (error) {
    // A fault of the check's own is no verdict about the service either.
    const said = isUsageError(error) ? error.message : inspect(error)
    process.stderr.write(`hangup-check: ${said}\n`)
    return 2
  }
}

async function check(options: CheckOptions): Promise<number> {
  const { url, command, json, report } = options
  for (const name of ['json', 'report'] as const) await checkFolder(name, options[name])
  if (process.platform === 'win32') {
    throw new UsageError('Windows has no SIGTERM to send; run the check on Linux or macOS')
  }
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    // What was started ends with this process: service.ts.
    process.once(signal, () => process.exit(128 + number))
  }

  process.stdout.write(renderHead({ url: url.href, command, tool: version }))
  const progress = createProgress(process.stdout)
  try {
    const result = await runCheck(options, progress)
    progress.clear()
    process.stdout.write(renderSum(result))
    if (json !== undefined) await write(json, `${JSON.stringify(result, null, 2)}\n`)
    if (report !== undefined) await write(report, renderReport(result))
    return result.passed ? 0 : 1
  } finally {
    progress.clear()
  }
}

/** Before minutes have been spent. */
async function checkFolder(name: string, file: string | undefined): Promise<void> {
  if (file === undefined) return
  const folder = dirname(resolve(file))
  try {
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new UsageError(
      `--${name} ${file}: nothing can be written to ${folder}; make that folder`,
      {
        cause,
      },
    )
  }
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  process.stdout.write(`${resolve(file)}\n`)
}
