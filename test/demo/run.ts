import { checkBothSides, renderChecked } from './check.ts'
import { nextStep } from './next-steps.ts'
import { createScreen } from './screen.ts'
import { type Framework, type Side, startServer } from './server-process.ts'
import { type Row, renderLosses } from './table.ts'
import { isAsPromised, runTrial } from './trial.ts'

const FRAMEWORKS: readonly Framework[] = ['node', 'express', 'koa', 'fastify']
const SIDES: readonly Side[] = ['without', 'with']

const INTRO = `
What becomes of requests whose clients leave, and of those under way at SIGTERM.
Each framework serves in two processes of its own, one without us and one with us. In each:
30 clients leave a GET, a POST or half an upload by FIN and 30 by RST, while the handler holds a
lock and works; 100 healthy POSTs run beside them; then SIGTERM comes while 24 clients POST in
loops, 10 slow GETs are worked on and 2 downloads of 32 MiB are read. About half a minute.
Then the check looks at one of them from outside, and draws what it saw.
`

const chosen = FRAMEWORKS.filter((framework) => process.argv.includes(framework))
const frameworks = chosen.length > 0 ? chosen : FRAMEWORKS
const rows: Row[] = frameworks.flatMap((framework) =>
  SIDES.map((side) => ({ framework, side, now: () => 'waits for its turn', figures: undefined })),
)
const screen = createScreen(rows, process.stdout)
const running = new Set<{ kill(): void }>()

function stop(code: number): never {
  for (const each of running) each.kill()
  screen.restore()
  process.exit(code)
}

process.on('SIGINT', () => stop(130))
process.on('SIGTERM', () => stop(143))

async function measure(row: Row): Promise<void> {
  const step = (now: Row['now']) => {
    row.now = now
    screen.show(row)
  }
  step(() => 'starts')
  const server = await startServer(row.framework, row.side)
  running.add(server)
  row.figures = await runTrial(server, step)
  running.delete(server)
  step(() => 'done')
}

/** The same by the command that people run against their own services; true where it passed with us. */
async function lookFromOutside(): Promise<boolean> {
  const framework = frameworks.find((each) => each !== 'node') ?? 'express'
  console.log(
    `\nThe same from outside, by npx @hangup/check, on a small ${framework} application;\nten seconds, and a page for each:`,
  )
  const run = checkBothSides(framework)
  running.add(run)
  const checked = await run.done
  running.delete(run)
  for (const side of checked) console.log(renderChecked(side))
  return checked.every(({ side, result }) => side === 'without' || result.passed)
}

async function main(): Promise<number> {
  console.log(INTRO)
  for (const framework of frameworks) {
    await Promise.all(rows.filter((row) => row.framework === framework).map(measure))
  }
  screen.finish()

  console.log('')
  for (const row of rows) {
    const losses = renderLosses(row)
    if (losses !== undefined) console.log(losses)
  }
  const checked = await lookFromOutside()
  console.log('\nNext, in an application of yours:\n')
  for (const framework of frameworks) console.log(`${nextStep(framework)}\n`)

  const isKept = rows.every(
    ({ side, figures }) => side === 'without' || (figures !== undefined && isAsPromised(figures)),
  )
  console.log(isKept ? 'With us: all as promised.' : 'With us: NOT all as promised.')
  return isKept && checked ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error)
  stop(1)
}
