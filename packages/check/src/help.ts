import { scenarios } from './scenarios/index.ts'

const names = scenarios.map(({ name, title }) => `  ${name.padEnd(22)} ${title}`).join('\n')

export const help = `hangup-check: what an HTTP service loses when its clients leave and when it is told to stop.

  hangup-check --url http://localhost:3000/work -- node server.js

It starts the command, which is to listen where --url says (PORT is set for it), sends GET requests to
that address and uploads beside them, lets clients leave, sends SIGTERM, and counts from outside.
Scenarios with a SIGTERM each get a fresh start of the command. It takes a minute or two.

  --url URL              a request that the service answers well; one that takes 50 ms to 1 s shows most
  --upload-path PATH     takes POSTs with a body; otherwise the path of --url
  --download-path PATH   gives an answer of some megabytes; otherwise the path of --url
  --header 'name: value' sent along with each request; may be given again
  --connections N        clients at once, 2 to 200 (24)
  --round-trip-ms N      how far the clients are that are further away (10)
  --only a,b  --skip c   scenarios, see below
  --allow-host HOST      allows a --url on that very host, which is not this machine

  --start-ms N           for the command to answer (15000)
  --exit-ms N            from SIGTERM to the end of the process (30000)
  --exit-code N,N        good exit codes; a signal's is 128 and its number (0)
  --max-lost N, --max-truncated N, --max-hung N, --max-failed N
                         requests for which a scenario still passes (0)
  --max-stderr N         lines on stderr that clients may cause by leaving (0; not judged where healthy
                         requests cause some)

  --json FILE            writes what was found
  --report FILE          writes it as one HTML page

Exit code: 0 passed, 1 failed, 2 could not be checked.

${names}
`
