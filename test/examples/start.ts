import { expect, onTestFinished } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { type Example, STEP_MS, startExample } from './example.ts'

/** An example that is gone at the end of the row. */
export async function start(name: string): Promise<Example> {
  const example = await startExample(name)
  onTestFinished(() => example.clear())
  return example
}

/** It ends by itself, with nothing lost, and nothing to say about it. */
export async function endsWell(example: Example): Promise<void> {
  const { code, stdout, stderr } = await waitFor('the process to end', example.ended, STEP_MS)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).not.toMatch(/"level":50|Error/)
}
