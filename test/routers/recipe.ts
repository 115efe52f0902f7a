import { recipeBlocks } from '../support/recipe-blocks.ts'
import { HOST } from './address.ts'

export interface RecipePorts {
  /** Where the router listens: the recipe's 8080. */
  readonly port: number
  /** The two processes of the application: the recipe's 127.0.0.1:3001 and 127.0.0.1:3002. */
  readonly ports: Ports
}

export type Ports = readonly [number, number]

/** The configurations that `docs/recipes` gives for this router, block by block, with other addresses. */
export async function readRecipe(
  name: 'nginx' | 'haproxy',
  { port, ports }: RecipePorts,
): Promise<string[]> {
  const withAddresses = (block: string) =>
    block
      .replaceAll('127.0.0.1:3001', `${HOST}:${ports[0]}`)
      .replaceAll('127.0.0.1:3002', `${HOST}:${ports[1]}`)
      .replaceAll(/(?:\*:)?8080/g, `${HOST}:${port}`)
  return (await recipeBlocks(name, name)).map(withAddresses)
}
