import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { addressesOf } from '../../packages/check/src/address.ts'
import { parseCommandLine } from '../../packages/check/src/options.ts'
import { listen } from '../hosts/transport.ts'
import { hangupCheck } from './command.ts'
import { freePort } from './free-port.ts'

const URL_WORDS = ['--url', 'http://localhost:3000/work']
const COMMAND = ['--', 'node', 'server.js']
const parse = (...words: string[]) => parseCommandLine(words, ['sigterm-idle', 'sigterm-busy'])

/** What a user may write down wrong, and all of what they are told. */
const WRONG: [words: string[], told: string][] = [
  [COMMAND, '--url is missing: give the address of a request that the service answers'],
  [
    ['--url', 'localhost:3000', ...COMMAND],
    '--url must be an absolute http or https address, got "localhost:3000"; write it as http://localhost:3000/work',
  ],
  [
    ['--url', 'ftp://localhost/', ...COMMAND],
    '--url must be an absolute http or https address, got "ftp://localhost/"',
  ],
  [['--url', 'http://me:secret@localhost/', ...COMMAND], '--url must not hold a name or password'],
  [URL_WORDS, 'the command that starts the service is missing: add it at the end, after --'],
  [
    [...URL_WORDS, 'node', 'server.js'],
    '"node" is no option: the command that starts the service goes after --',
  ],
  [[...URL_WORDS, '--lost', '1', ...COMMAND], "Unknown option '--lost'"],
  [[...URL_WORDS, '--max-lost', '-1', ...COMMAND], "'--max-lost' argument is ambiguous"],
  [
    [...URL_WORDS, '--max-lost', 'few', ...COMMAND],
    '--max-lost must be a whole number from 0 to 1000000, got "few"; write it in digits',
  ],
  [
    [...URL_WORDS, '--exit-ms', '30s', ...COMMAND],
    '--exit-ms must be a whole number of milliseconds from 100 to 600000, got "30s"',
  ],
  [
    [...URL_WORDS, '--connections', '1000', ...COMMAND],
    '--connections must be a whole number from 2 to 200, got "1000"',
  ],
  [
    [...URL_WORDS, '--exit-code', '0,300', ...COMMAND],
    '--exit-code must be a whole number from 0 to 255, got "300"',
  ],
  [
    [...URL_WORDS, '--only', 'sigterm', ...COMMAND],
    '--only names no scenario: "sigterm"; there are sigterm-idle, sigterm-busy',
  ],
  [
    [...URL_WORDS, '--only', 'sigterm-idle', '--skip', 'sigterm-idle', ...COMMAND],
    '--only and --skip leave no scenario',
  ],
  [
    [...URL_WORDS, '--upload-path', '//example.com/', ...COMMAND],
    '--upload-path must be a path on the host of --url, got "//example.com/"',
  ],
  [
    [...URL_WORDS, '--header', 'Authorization', ...COMMAND],
    '--header must be a name and a value, got "Authorization"; write it as \'name: value\'',
  ],
  [[...URL_WORDS, '--header', 'a: b\r\nc: d', ...COMMAND], '--header must be a name and a value'],
  [
    [...URL_WORDS, '--header', 'Content-Length: 3', ...COMMAND],
    "--header must not be Content-Length, which is the check's own",
  ],
  [[...URL_WORDS, '--report', '', ...COMMAND], '--report must name a file, got ""'],
]

describe('the words of hangup-check', () => {
  it.each(WRONG)('%j', (words, told) => {
    expect(() => parse(...words)).toThrow(told)
    expect(() => parse(...words)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }))
  })

  it('leave the words of the command alone', () => {
    const line = parse(...URL_WORDS, '--', 'node', 'server.js', '--url', 'x', '--', '-h')
    expect(line).toMatchObject({
      kind: 'check',
      options: { command: ['node', 'server.js', '--url', 'x', '--', '-h'], uploadPath: '/work' },
    })
  })

  it('may name several codes and scenarios at once', () => {
    const line = parse(
      ...URL_WORDS,
      '--exit-code',
      '0,143',
      '--only',
      'sigterm-idle',
      '--only',
      'sigterm-busy',
      ...COMMAND,
    )
    expect(line).toMatchObject({
      options: { thresholds: { exitCodes: [0, 143] }, only: ['sigterm-idle', 'sigterm-busy'] },
    })
  })
})

describe('an address', () => {
  const theirs = new URL('http://192.0.2.1/')

  it('of this machine may be loaded', async () => {
    for (const host of ['127.0.0.1', '127.8.8.8', '[::1]', 'localhost']) {
      expect(await addressesOf(new URL(`http://${host}/`), undefined)).toMatchObject({
        isLocal: true,
      })
    }
  })

  it('elsewhere may be where that very host is named', async () => {
    expect(await addressesOf(theirs, '192.0.2.1')).toEqual({
      addresses: ['192.0.2.1'],
      isLocal: false,
    })
    await expect(addressesOf(theirs, '192.0.2.2')).rejects.toThrow(
      '--allow-host is "192.0.2.2" but --url is on 192.0.2.1, which is not this machine',
    )
  })
})

describe.concurrent('hangup-check says why it could not check', () => {
  async function refusal(...words: string[]): Promise<string> {
    const { code, stderr } = await hangupCheck(...words)
    expect(code, stderr).toBe(2)
    return stderr
  }
  const urlOn = (port: number) => ['--url', `http://127.0.0.1:${port}/`]
  const node = (code: string) => ['--', process.execPath, '-e', code]

  it('an address that is not this machine', async () => {
    // Addresses for documentation: nobody is there.
    const told = await refusal('--url', 'http://192.0.2.1:80/', ...COMMAND)
    expect(told).toContain('--url is on 192.0.2.1, which is not this machine')
    expect(told).toContain('--allow-host 192.0.2.1')
  })

  it('a port where something else listens, which gets no request', async () => {
    const foreign = createServer((socket) =>
      socket.on('data', () => received++).on('error', () => {}),
    )
    let received = 0
    const port = await listen(foreign)
    expect(await refusal(...urlOn(port), ...node('setInterval(() => {}, 1000)'))).toContain(
      'something listens there already',
    )
    expect(received).toBe(0)
    foreign.close()
  })

  it('a command that does not exist', async () => {
    expect(await refusal(...urlOn(await freePort()), '--', './no-such-thing')).toMatch(
      /the command "\.\/no-such-thing" could not be started: spawn .* ENOENT/,
    )
  })

  it('a command that exits at once', async () => {
    const told = await refusal(
      ...urlOn(await freePort()),
      ...node('console.error("no database"); process.exit(3)'),
    )
    expect(told).toContain('exited with code 3 before it answered')
    expect(told).toContain('no database')
  })

  it('a command that never listens', async () => {
    const told = await refusal(
      ...urlOn(await freePort()),
      '--start-ms',
      '1000',
      ...node('setInterval(() => {}, 1000)'),
    )
    expect(told).toContain('did not answer at http://127.0.0.1:')
    expect(told).toContain('within 1000 ms')
  })

  it('a request that is not answered well', async () => {
    const sick = 'http.createServer((_, res) => res.writeHead(404).end()).listen(process.env.PORT)'
    expect(await refusal(...urlOn(await freePort()), ...node(sick))).toContain(
      'answers 404, though nobody disturbs it',
    )
  })

  it('a file in a folder that is not there', async () => {
    expect(
      await refusal(...urlOn(await freePort()), '--json', '/no/such/folder/a.json', ...COMMAND),
    ).toContain('--json /no/such/folder/a.json: nothing can be written to /no/such/folder')
  })
}, 60_000)
