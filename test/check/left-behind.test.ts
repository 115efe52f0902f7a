import { expect, it } from 'vitest'
import { checkServer } from './command.ts'

it('hangup-check tells of a shell that keeps SIGTERM from its service, and ends both', async () => {
  const service = `http.createServer((_, res) => setTimeout(() => res.end('ok'), 50))
    .listen(process.env.PORT, '127.0.0.1')`
  const { result, stdout } = await checkServer({
    server: ['sh', '-c', '"$0" -e "$1" & wait', process.execPath, service],
    options: ['--only', 'sigterm-in-flight,sigterm-slow-readers'],
  })
  // The second start needs the port that the first one's service was left on.
  for (const { reasons, advice } of result.scenarios) {
    expect(reasons, stdout).toContain(
      'The command ended, but something that it has started listens on.',
    )
    expect(advice).toContain('see who gets the signal')
  }
}, 60_000)
