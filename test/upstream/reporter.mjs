/** A line of JSON for each test of node:test, with the names of the suites that it is in. */
export default async function* lines(events) {
  const names = []
  for await (const { type, data } of events) {
    const { file = '', name, nesting, skip, todo, details } = data ?? {}
    if (type === 'test:start') names.splice(nesting, Infinity, name)
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (skip !== undefined || todo !== undefined) continue
    if (details.type === 'suite' || details.error?.failureType === 'subtestsFailed') continue
    const isPassed = type === 'test:pass'
    const path = [...names.slice(0, nesting), name].join(' ')
    yield `${JSON.stringify({ file, name: path, title: name, isPassed, said: said(details.error) })}\n`
  }
}

function said(error) {
  const { message, stack } = error?.cause ?? error ?? {}
  return stack ?? message ?? (error && String(error.cause ?? error)) ?? ''
}
